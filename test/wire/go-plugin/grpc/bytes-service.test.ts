import { once } from "node:events";
import { Client, credentials, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { expect, it, onTestFinished } from "vitest";
import { type BytesMethod, bytesService } from "../../../../src/wire/go-plugin/index.ts";

const path = "/sample.Bytes/Answer";

/** A way to call the method over a socket. */
async function served(answer: BytesMethod["answer"]) {
  const server = new Server();
  const { definition, implementation } = bytesService([{ path, answer }], (thrown) => ({
    code: status.FAILED_PRECONDITION,
    details: String(thrown),
  }));
  server.addService(definition, implementation);
  const { promise: port, resolve } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
  const client = new Client(`127.0.0.1:${await port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const asItIs = (bytes: Buffer) => bytes;
  return (request: string) => {
    const answered = Promise.withResolvers<string>();
    const call = client.makeUnaryRequest(path, asItIs, asItIs, Buffer.from(request), (error, bytes) =>
      bytes === undefined ? answered.reject(error) : answered.resolve(bytes.toString()),
    );
    return { call, answered: answered.promise };
  };
}

it("answers bytes with bytes", async () => {
  const ask = await served(async (request) => Buffer.from(`${request.toString()}!`));
  expect(await ask("a").answered).toBe("a!");
});

it.each([
  [
    "throws",
    () => {
      throw new RangeError("too far");
    },
  ],
  ["rejects", () => Promise.reject(new RangeError("too far"))],
] as const)("tells by a status what a method %s", async (_how, answer) => {
  const ask = await served(answer);
  await expect(ask("a").answered).rejects.toMatchObject({
    code: status.FAILED_PRECONDITION,
    details: "RangeError: too far",
  });
});

it("tells a method that nobody waits any more, and not after it has answered", async () => {
  const signals: AbortSignal[] = [];
  const asked = Promise.withResolvers<void>();
  const ask = await served(async (request, gone) => {
    signals.push(gone);
    if (request.toString() === "at once") return request;
    asked.resolve();
    await once(gone, "abort");
    return request;
  });
  await ask("at once").answered;
  const { call, answered } = ask("never");
  await asked.promise;
  call.cancel();
  await expect(answered).rejects.toMatchObject({ code: status.CANCELLED });
  const [first, second] = signals;
  if (second?.aborted === false) await once(second, "abort");
  expect([first?.aborted, second?.aborted]).toEqual([false, true]);
});
