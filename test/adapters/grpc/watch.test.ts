import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { specDocument } from "../../support/sample-record.ts";
import { answered, type GrpcFixture, serveGrpc } from "./serve-grpc.ts";

const spec = writeStruct(specDocument);

async function started(options: Parameters<typeof serveGrpc>[0] = {}): Promise<GrpcFixture> {
  const fixture = await serveGrpc({ prepare: (run) => run.look(), ...options });
  answered(await fixture.client.ask("Start", { spec, key: "k" }));
  return fixture;
}

it("tells the result at once, each look, then the verdict, and ends", async () => {
  const { client, script } = await started();
  const watching = client.watch("k");
  await expect.poll(() => watching.messages.length).toBe(1);
  script.last.look({ ticks: 1 });
  await expect.poll(() => watching.messages.length).toBe(2);
  script.last.pass();
  expect(await watching.ended).toBeNull();
  expect(watching.messages.map(({ analysis }) => [analysis?.id, analysis?.ticks, analysis?.verdict])).toEqual(
    [
      ["id-1", 0, "VERDICT_UNSPECIFIED"],
      ["id-1", 1, "VERDICT_UNSPECIFIED"],
      ["id-1", 0, "VERDICT_PASS"],
    ],
  );
});

it("tells the verdict of one that has ended, and ends", async () => {
  const { client } = await started();
  await client.ask("Cancel", { id: "k" });
  const watching = client.watch("id-1");
  expect(await watching.ended).toBeNull();
  expect(watching.messages.map(({ analysis }) => analysis?.phase)).toEqual(["PHASE_CANCELLED"]);
});

it("waits for a reader that is slow, and tells it the latest and the verdict", async () => {
  const { client, script } = await started();
  const watching = client.watch("k");
  await expect.poll(() => watching.messages.length).toBe(1);
  watching.pause();
  // Far more than fits into what HTTP/2 sends ahead of its reader.
  for (let ticks = 1; ticks <= 400; ticks++) {
    script.last.look({ ticks });
    await expect.poll(async () => (await analysisOf(client)).ticks, { interval: 1 }).toBe(ticks);
  }
  script.last.pass();
  await expect.poll(async () => (await analysisOf(client)).phase).toBe("PHASE_DONE");
  watching.resume();
  expect(await watching.ended).toBeNull();
  expect(watching.messages.length).toBeLessThan(200);
  expect(watching.messages.at(-1)?.analysis?.verdict).toBe("VERDICT_PASS");
});

async function analysisOf(client: GrpcFixture["client"]) {
  const { analysis } = answered(await client.ask("Get", { id: "k" }));
  if (analysis === null) throw new TypeError("no analysis");
  return analysis;
}

it("says NOT_FOUND of an analysis that is not there", async () => {
  const { client } = await serveGrpc();
  expect(await client.watch("no-such").ended).toMatchObject({ code: status.NOT_FOUND });
});

it.each<[string, (client: GrpcFixture["client"], hasReached: () => boolean) => Promise<void>]>([
  [
    "cancels",
    async (client) => {
      const watching = client.watch("k");
      await expect.poll(() => watching.messages.length).toBe(1);
      watching.cancel();
      expect(await watching.ended).toMatchObject({ code: status.CANCELLED });
    },
  ],
  [
    "lets its deadline pass",
    async (client, hasReached) => {
      // On a busy machine a deadline may pass before the server has heard of the call.
      for (let deadlineMs = 500; !hasReached(); deadlineMs *= 2)
        expect(await client.watch("k", { deadlineMs }).ended).toMatchObject({
          code: status.DEADLINE_EXCEEDED,
        });
    },
  ],
])("lets go of a client that %s, and the analysis goes on", async (_how, leave) => {
  const { client, analyses, script, logger } = await started();
  const signals: AbortSignal[] = [];
  const { watch } = analyses;
  analyses.watch = (id, signal) => {
    signals.push(signal);
    return watch(id, signal);
  };
  await leave(client, () => signals.length > 0);
  await expect.poll(() => signals.every(({ aborted }) => aborted)).toBe(true);
  script.last.pass();
  await expect.poll(async () => (await analyses.get("k")).result.verdict).toBe("pass");
  expect(logger.errors).toEqual([]);
});

it("says UNAVAILABLE when the analyses stop before the verdict", async () => {
  const { client, analyses } = await started();
  const watching = client.watch("k");
  await expect.poll(() => watching.messages.length).toBe(1);
  await analyses.close();
  expect(await watching.ended).toMatchObject({
    code: status.UNAVAILABLE,
    message: "the stream ended before the verdict; watch again",
    details: { RetryInfo: {} },
  });
});

it("says UNAVAILABLE when the server closes, and does not keep it from closing", async () => {
  const { client, server } = await started();
  const watching = client.watch("k");
  await expect.poll(() => watching.messages.length).toBe(1);
  await server.close(60_000);
  expect(await watching.ended).toMatchObject({
    code: status.UNAVAILABLE,
    message: "the server is shutting down; call again",
    details: { ErrorInfo: { reason: "SOURCE_UNAVAILABLE" }, RetryInfo: { retryDelay: { seconds: 5 } } },
  });
});
