import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as setImmediateCallback } from "node:timers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { goBool, goInt, goString } from "../../../src/wire/gob/go-type.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { emptyStruct } from "../../../src/wire/net-rpc/rpc-message.ts";
import type { RpcMethods } from "../../../src/wire/net-rpc/rpc-method.ts";
import { type ServeRpcOptions, serveRpc } from "../../../src/wire/net-rpc/serve-rpc.ts";
import { RpcClient } from "../../support/rpc-client.ts";
import { samplePlugin } from "../go-plugin/sample-plugin.ts";
import { bySeq } from "../go-plugin/session-values.ts";

function serve(methods: RpcMethods, options: ServeRpcOptions = {}) {
  const [near, far] = duplexPair();
  const served = serveRpc(far, { Plugin: methods }, options);
  served.catch(() => {});
  onTestFinished(() => void near.destroy());
  return { client: new RpcClient(near), near, far, served };
}

const echo = { reply: goString, handle: (text: GobValue) => text };

describe("the recorded calls of a Go client", () => {
  const golden = JSON.parse(
    readFileSync(join(import.meta.dirname, "../go-plugin/golden/session.json"), "utf8"),
  ).rpc;
  const sent = Buffer.from(golden.sent, "hex");
  const goAnswers = bySeq(Buffer.from(golden.received, "hex"));

  async function answersTo(chunks: readonly Uint8Array[]): Promise<unknown> {
    const [near, far] = duplexPair();
    const methods = await samplePlugin({ broker: noBroker, signal: new AbortController().signal });
    const served = serveRpc(far, { Plugin: methods });
    const received = collect(near);
    for (const chunk of chunks) near.write(chunk);
    near.end();
    await served;
    return bySeq(await received);
  }

  it("get the answers of a Go server", async () => {
    expect(goAnswers).toHaveLength(6);
    expect(await answersTo([sent])).toEqual(goAnswers);
  });

  it("get them wherever the bytes are cut", async () => {
    for (let cut = 1; cut < sent.length; cut++)
      expect(await answersTo([sent.subarray(0, cut), sent.subarray(cut)])).toEqual(goAnswers);
  }, 300_000);

  it("get them a byte at a time", async () => {
    expect(await answersTo([...sent].map((byte) => Uint8Array.of(byte)))).toEqual(goAnswers);
  });

  it("are answered as far as they came whole when the stream is cut short", async () => {
    const [near, far] = duplexPair();
    const methods = await samplePlugin({ broker: noBroker, signal: new AbortController().signal });
    const served = serveRpc(far, { Plugin: methods });
    const received = collect(near);
    near.end(sent.subarray(0, sent.length - 1));
    await expect(served).rejects.toThrow("ends inside a value");
    // The header of the last call came whole: its answer is the error.
    expect(bySeq(await received).slice(0, 5)).toEqual(goAnswers.slice(0, 5));
  });
});

it("answers calls as they are done, not as they came", async () => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const { client } = serve({
    Wait: {
      reply: goString,
      async handle(name) {
        const gate = Promise.withResolvers<void>();
        gates.set(String(name), gate);
        await gate.promise;
        return name;
      },
    },
  });
  const answered: GobValue[] = [];
  const calls = ["a", "b", "c"].map(async (name) =>
    answered.push(await client.call("Plugin.Wait", goString, name)),
  );
  await until(() => gates.size === 3);
  for (const [index, name] of ["c", "a", "b"].entries()) {
    gates.get(name)?.resolve();
    await until(() => answered.length === index + 1);
  }
  await Promise.all(calls);
  expect(answered).toEqual(["c", "a", "b"]);
});

it("tells the client in one line what a handler threw, and goes on", async () => {
  const { client } = serve({
    Echo: echo,
    Fail: {
      reply: emptyStruct,
      handle: () => {
        throw new Error("went\nwrong");
      },
    },
    Reject: { reply: emptyStruct, handle: () => Promise.reject(new Error("")) },
  });
  await expect(client.call("Plugin.Fail", goBool, true)).rejects.toThrow(/^went wrong$/);
  await expect(client.call("Plugin.Reject", goBool, true)).rejects.toThrow("failed without saying why");
  expect(await client.call("Plugin.Echo", goString, "still here")).toBe("still here");
});

it("answers an error for a reply that is not of its type, the first one too", async () => {
  const { client } = serve({ Echo: echo, Wrong: { reply: goString, handle: () => 42 } });
  await expect(client.call("Plugin.Wrong", goBool, true)).rejects.toThrow("string");
  expect(await client.call("Plugin.Echo", goString, "one")).toBe("one");
  await expect(client.call("Plugin.Wrong", goBool, true)).rejects.toThrow("string");
  expect(await client.call("Plugin.Echo", goString, "two")).toBe("two");
});

it("aborts the signals of calls under way when the client ends the stream, and waits for them", async () => {
  const events: string[] = [];
  const { promise: tidied, resolve: tidy } = Promise.withResolvers<void>();
  const { near, client, served } = serve({
    Hang: {
      reply: emptyStruct,
      async handle(_args, signal) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        events.push("aborted");
        await tidied;
        events.push("tidied");
        return {};
      },
    },
  });
  client.call("Plugin.Hang", goBool, true).catch(() => {});
  near.end();
  await until(() => events.length === 1);
  tidy();
  await served;
  expect(events).toEqual(["aborted", "tidied"]);
});

it("aborts them when the stream is lost, and says so", async () => {
  const { near, far, client, served } = serve({ Hang: hang });
  const call = client.call("Plugin.Hang", goBool, true);
  await until(() => hanging > 0);
  far.destroy(new Error("reset"));
  near.destroy();
  await expect(served).rejects.toMatchObject({ code: "source-unavailable" });
  await expect(call).rejects.toThrow("unexpected EOF");
});

it("aborts them when the connection has gone though it does not read", async () => {
  const connection = new AbortController();
  const { near, client, served } = serve({ Hang: hang }, { maxCalls: 1, signal: connection.signal });
  client.call("Plugin.Hang", goBool, true).catch(() => {});
  client.call("Plugin.Hang", goBool, true).catch(() => {});
  await until(() => hanging > 0);
  connection.abort();
  near.end();
  await expect(served).resolves.toBeUndefined();
});

it("handles no more calls at once than the limit", async () => {
  let running = 0;
  let most = 0;
  const { client } = serve(
    {
      Count: {
        reply: emptyStruct,
        async handle() {
          running += 1;
          most = Math.max(most, running);
          await setImmediate();
          running -= 1;
          return {};
        },
      },
    },
    { maxCalls: 3 },
  );
  await Promise.all(Array.from({ length: 20 }, () => client.call("Plugin.Count", goBool, true)));
  expect(most).toBe(3);
});

it("gives way to whatever else there is to do while it reads a large call, or many", async () => {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediateCallback(turn);
  };
  onTestFinished(() => {
    isOver = true;
  });
  const heard: number[] = [];
  const { client } = serve({
    Count: {
      reply: goInt,
      handle: (list) => {
        heard.push(turns);
        return Array.isArray(list) ? list.length : 0;
      },
    },
  });
  const list = { kind: "slice", elem: goString } as const;
  setImmediateCallback(turn);
  expect(
    await client.call(
      "Plugin.Count",
      list,
      Array.from({ length: 60_000 }, () => ""),
    ),
  ).toBe(60_000);
  expect(heard[0]).toBeGreaterThanOrEqual(5);
  await Promise.all(Array.from({ length: 200 }, () => client.call("Plugin.Count", list, [])));
  expect(Number(heard.at(-1)) - Number(heard[1])).toBeGreaterThanOrEqual(5);
});

it("tells a client that sends too much, and listens no further", async () => {
  const { client, served } = serve({ Echo: echo }, { maxMessageBytes: 1_000 });
  expect(await client.call("Plugin.Echo", goString, "x".repeat(900))).toHaveLength(900);
  await expect(client.call("Plugin.Echo", goString, "x".repeat(1_001))).rejects.toThrow("at most 1000");
  await expect(served).rejects.toMatchObject({ code: "too-large" });
});

it("listens no further to what is no request", async () => {
  const { near, served } = serve({ Echo: echo });
  near.write(Uint8Array.of(3, 2, 0, 1));
  await expect(served).rejects.toMatchObject({ code: "invalid-request" });
  expect(await collect(near)).toHaveLength(0);
});

let hanging = 0;
const hang = {
  reply: emptyStruct,
  handle: (_args: GobValue, signal: AbortSignal) => {
    hanging += 1;
    return new Promise<GobValue>((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        hanging -= 1;
        reject(signal.reason);
      }),
    );
  },
};

const noBroker = {
  nextId: () => 0,
  accept: () => Promise.reject(new Error("no broker")),
  dial: () => Promise.reject(new Error("no broker")),
};

async function collect(stream: Duplex): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}
