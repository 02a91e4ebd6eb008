import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Plugin } from "../../../src/wire/go-plugin/index.ts";
import { serveConnection } from "../../../src/wire/go-plugin/serve-connection.ts";
import { goBool, goString } from "../../../src/wire/gob/go-type.ts";
import { emptyStruct } from "../../../src/wire/net-rpc/rpc-message.ts";
import { connectHost } from "../../support/plugin-host.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { echoArgs, samplePlugin } from "./sample-plugin.ts";
import { answersOf } from "./session-values.ts";

function serve(plugins: Readonly<Record<string, Plugin>> = { Sample: samplePlugin }) {
  const [near, far] = duplexPair();
  const ending = new AbortController();
  const quit = { count: 0 };
  const onQuit = () => {
    quit.count += 1;
  };
  const options = { plugins, clock: systemClock, logger: quietLogger(), onQuit, signal: ending.signal };
  const connection = serveConnection(far, options);
  onTestFinished(() => ending.abort());
  return { near, ending, quit, ...connection };
}

describe("the recorded connection of a Go host", () => {
  const golden = JSON.parse(
    readFileSync(join(import.meta.dirname, "golden/session.json"), "utf8"),
  ).connection;
  const sent = Buffer.from(golden.sent, "hex");
  const goBytes = Buffer.from(golden.received, "hex");
  const goAnswers = answersOf(goBytes);

  async function answersTo(chunks: readonly Uint8Array[]) {
    const { near, settled, quit } = serve();
    const received = allAnswers(near, goAnswers, 0.9 * goBytes.length);
    for (const chunk of chunks) near.write(chunk);
    const answers = await received;
    near.end();
    await settled;
    return { answers, quit: quit.count };
  }

  it("gets the answers of a Go plugin", async () => {
    expect(goAnswers).toMatchObject({
      control: { length: 3 },
      acknowledged: "01000000",
      plugin: { length: 6 },
    });
    expect(await answersTo([sent])).toEqual({ answers: goAnswers, quit: 1 });
  });

  it("gets them wherever the bytes are cut", async () => {
    for (let cut = 1; cut < sent.length; cut++) {
      const { answers } = await answersTo([sent.subarray(0, cut), sent.subarray(cut)]);
      expect(answers).toEqual(goAnswers);
    }
  }, 60_000);

  it("settles wherever it breaks off", async () => {
    for (let length = 0; length < sent.length; length += 7) {
      const { near, settled } = serve();
      near.resume().end(sent.subarray(0, length));
      await expect(settled).resolves.toBeUndefined();
    }
  }, 60_000);
});

it("answers pings, and dispenses a plugin as often as it is asked for", async () => {
  const { near } = serve();
  const host = connectHost(near);
  expect(await host.control.call("Control.Ping", goBool, true)).toEqual({});
  const [one, two] = [await host.dispense("Sample"), await host.dispense("Sample")];
  const orders = [];
  for (const client of [one, one, two])
    orders.push(await client.call("Plugin.Echo", echoArgs, { Text: "a" }));
  // Each was made for itself: the other's calls do not count.
  expect(orders).toEqual([{ Text: "a" }, { Text: "a", Order: 1 }, { Text: "a" }]);
});

it.each(["Other", "constructor", ""])(
  "says in go-plugin's words that there is no plugin %j",
  async (name) => {
    const { near } = serve();
    await expect(connectHost(near).dispense(name)).rejects.toThrow(`unknown plugin type: ${name}`.trim());
  },
);

it("tells the host why a plugin could not be made", async () => {
  const { near } = serve({ Sample: () => Promise.reject(new Error("no configuration")) });
  await expect(connectHost(near).dispense("Sample")).rejects.toThrow(/^no configuration$/);
});

it("keeps the host's two output streams open and writes nothing to them", async () => {
  const { near } = serve();
  const host = connectHost(near);
  const heard: unknown[] = [];
  for (const stream of [host.stdout, host.stderr]) stream.on("data", (chunk) => heard.push(chunk));
  const client = await host.dispense("Sample");
  await client.call("Plugin.Echo", echoArgs, { Text: "a" });
  expect(heard).toEqual([]);
  expect([host.stdout.readableEnded, host.stderr.destroyed]).toEqual([false, false]);
});

it("lets a plugin open streams of its own to the host", async () => {
  const { near } = serve({
    Sample: ({ broker }) => ({
      Tell: {
        reply: emptyStruct,
        async handle(id) {
          (await broker.dial(Number(id))).end("told");
          return {};
        },
      },
    }),
  });
  const host = connectHost(near);
  const client = await host.dispense("Sample");
  const told = host.broker.accept(40).then((stream) => stream.toArray());
  await client.call("Plugin.Tell", goString, "40");
  expect(Buffer.concat(await told).toString()).toBe("told");
});

it("answers quit, and leaves the connection to the host", async () => {
  const { near, quit, closed } = serve();
  const host = connectHost(near);
  expect(await host.control.call("Control.Quit", goBool, true)).toEqual({});
  expect(quit.count).toBe(1);
  expect(await host.control.call("Control.Ping", goBool, true)).toEqual({});
  await host.session.close();
  await expect(closed).resolves.toBeUndefined();
});

it("aborts calls when the host goes, and only then has settled", async () => {
  const events: string[] = [];
  const { near, settled } = serve({
    Sample: ({ signal }) => ({
      Hang: {
        reply: emptyStruct,
        async handle(_args, call) {
          events.push("called");
          await new Promise((resolve) => call.addEventListener("abort", resolve));
          events.push(`aborted, the plugin ${signal.aborted ? "too" : "not"}`);
          return {};
        },
      },
    }),
  });
  const host = connectHost(near);
  const client = await host.dispense("Sample");
  client.call("Plugin.Hang", goBool, true).catch(() => {});
  while (events.length === 0) await new Promise(setImmediate);
  await host.session.close();
  await settled;
  expect(events[1]).toMatch(/^aborted/);
});

it("ends the connection when it is told to", async () => {
  const { near, ending, closed } = serve();
  const host = connectHost(near);
  await host.control.call("Control.Ping", goBool, true);
  ending.abort();
  await closed;
  await expect(host.session.closed).resolves.toBeUndefined();
});

it("ends a connection that is no yamux, and outlives it", async () => {
  const { near, settled } = serve();
  near.resume().end("GET / HTTP/1.1\r\n\r\n");
  await expect(settled).resolves.toBeUndefined();
});

/** What the plugin has answered, once it is as much as a Go plugin did. */
function allAnswers(
  stream: Duplex,
  wanted: ReturnType<typeof answersOf>,
  leastBytes: number,
): Promise<ReturnType<typeof answersOf>> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      // Looking is dear, and the number of bytes is nearly the same.
      if (bytes.length < leastBytes) return;
      const met = answersOf(bytes);
      const isAll =
        met.control.length === wanted.control.length && met.plugin.length === wanted.plugin.length;
      if (isAll && met.control.every(({ body }) => body !== null)) resolve(met);
    });
  });
}
