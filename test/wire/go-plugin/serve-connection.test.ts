import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Plugin } from "../../../src/wire/go-plugin/index.ts";
import { serveConnection } from "../../../src/wire/go-plugin/serve-connection.ts";
import { goBool, goString } from "../../../src/wire/gob/go-type.ts";
import { basicId } from "../../../src/wire/gob/wire-type.ts";
import { emptyStruct } from "../../../src/wire/net-rpc/rpc-message.ts";
import { encodeHeader } from "../../../src/wire/yamux/frame.ts";
import { connectHost } from "../../support/plugin-host.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { int, message, text } from "../gob/message.ts";
import { echoArgs, samplePlugin } from "./sample-plugin.ts";
import { answersOf } from "./session-values.ts";

/** A value that begins with interface values in interface values. */
const endlessInterfaces = message(int(basicId.interface), "00", nestedInterfaces(400));

function nestedInterfaces(depth: number): string {
  let nested = "00";
  for (let left = depth; left > 0; left--) {
    const contents = `00${nested}`;
    nested = `${text("a")}${int(basicId.interface)}${countOf(contents.length / 2)}${contents}`;
  }
  return nested;
}

/** An unsigned integer below 2^16, in hexadecimal. */
function countOf(value: number): string {
  const bytes = value.toString(16).padStart(value < 256 ? 2 : 4, "0");
  return value < 128 ? bytes : `${value < 256 ? "ff" : "fe"}${bytes}`;
}

function serve(
  plugins: Readonly<Record<string, Plugin>> = { Sample: samplePlugin },
  onWarning: (line: string) => void = () => {},
) {
  const [near, far] = duplexPair();
  const ending = new AbortController();
  const quit = { count: 0 };
  const onQuit = () => {
    quit.count += 1;
  };
  const logger = { ...quietLogger(), warn: (_fields: unknown, line: string) => onWarning(line) };
  const options = { plugins, clock: systemClock, logger, onQuit, signal: ending.signal };
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
  }, 300_000);

  it("settles wherever it breaks off", async () => {
    for (let length = 0; length < sent.length; length += 7) {
      const { near, settled } = serve();
      near.resume().end(sent.subarray(0, length));
      await expect(settled).resolves.toBeUndefined();
    }
  }, 300_000);
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

describe("bytes that are not the protocol", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "another protocol",
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      "yamux: the peer broke the protocol: version 0",
    ],
    [
      "a frame cut short",
      Buffer.from("000000", "hex"),
      "yamux: the connection was lost: it ended inside a frame",
    ],
    [
      "a frame over the limit",
      encodeHeader({ type: "data", flags: 1, streamId: 1, length: 262_145 }),
      "at most 262144 bytes wanted, 262145 announced",
    ],
    ["no net/rpc on the control stream", onControlStream(Buffer.of(0)), "gob: malformed stream"],
    [
      "a message over the limit",
      onControlStream(Buffer.from("fc40000000", "hex")),
      "gob: over a limit: message of 1073741824 bytes",
    ],
    [
      "interface values without end",
      onControlStream(endlessInterfaces),
      "gob: over a limit: nested deeper than 200",
    ],
  ])("(%s) end what they are in with a log line; others are served", async (_what, bytes, message) => {
    const lines: string[] = [];
    const { near, settled } = serve(undefined, (line) => lines.push(line));
    near.resume().end(bytes);
    await expect(settled).resolves.toBeUndefined();
    expect(lines[0]).toMatch(/^go-plugin: /);
    expect(lines[0]).toContain(message);
    const host = connectHost(serve().near);
    expect(await host.control.call("Control.Ping", goBool, true)).toEqual({});
  });

  it("on a plugin's stream leave the control stream alone", async () => {
    const lines: string[] = [];
    const { near } = serve(undefined, (line) => lines.push(line));
    const host = connectHost(near);
    const { stream } = await host.dispense("Sample");
    const ended = once(stream, "end");
    stream.write(Buffer.of(0));
    await ended;
    expect(lines).toEqual([expect.stringContaining("go-plugin: gob: malformed stream")]);
    expect(await host.control.call("Control.Ping", goBool, true)).toEqual({});
  });
});

/** The first frame of a connection: the control stream opens with these bytes. */
function onControlStream(payload: Uint8Array): Uint8Array {
  return Buffer.concat([
    encodeHeader({ type: "data", flags: 1, streamId: 1, length: payload.length }),
    payload,
  ]);
}

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
