import { type Duplex, duplexPair } from "node:stream";
import { expect, it } from "vitest";
import { MuxBroker } from "../../../src/wire/go-plugin/mux-broker.ts";
import { readExactly } from "../../../src/wire/go-plugin/read-exactly.ts";
import { ManualClock } from "../yamux/manual-clock.ts";

/** The two ends of a connection with a broker each: what one opens, the other receives. */
function brokers() {
  const clock = new ManualClock();
  const ended = new AbortController();
  const opened: Duplex[] = [];
  const received: Duplex[] = [];
  const open = (receiver: () => MuxBroker): Duplex => {
    const [near, far] = duplexPair();
    for (const end of [near, far]) end.on("error", () => {});
    opened.push(near);
    received.push(far);
    void receiver().receive(far);
    return near;
  };
  const host: MuxBroker = new MuxBroker({ openStream: () => open(() => plugin) }, clock, ended.signal);
  const plugin: MuxBroker = new MuxBroker({ openStream: () => open(() => host) }, clock, ended.signal);
  return { clock, ended, opened, received, host, plugin };
}

async function talks(one: Duplex, other: Duplex): Promise<boolean> {
  one.write("ping");
  const heard = (await readExactly(other, 4)).toString();
  return heard === "ping";
}

it("joins the one who dials a number with the one who accepts it", async () => {
  const { host, plugin } = brokers();
  const [dialled, accepted] = await Promise.all([host.dial(7), plugin.accept(7)]);
  expect(await talks(dialled, accepted)).toBe(true);
  expect(await talks(accepted, dialled)).toBe(true);
});

it("does so whoever comes first, either way, and for many numbers at once", async () => {
  const { host, plugin } = brokers();
  const numbers = [1, 2, 3, 4_294_967_295];
  const accepting = numbers.map((id) => host.accept(id));
  const dialled = await Promise.all(numbers.toReversed().map((id) => plugin.dial(id)));
  const accepted = await Promise.all(accepting);
  for (const [index, stream] of dialled.toReversed().entries())
    expect(await talks(stream, accepted[index]!)).toBe(true);
});

it("holds a stream for whoever accepts it later, and can use its number again", async () => {
  const { host, plugin } = brokers();
  for (let round = 0; round < 2; round++) {
    const dialling = host.dial(3);
    await new Promise(setImmediate);
    const accepted = await plugin.accept(3);
    expect(await talks(await dialling, accepted)).toBe(true);
  }
});

it("sends the number little-endian, as mux_broker.go does", async () => {
  const { host, received } = brokers();
  host.dial(0x01020304).catch(() => {});
  const [stream] = received;
  expect(stream).toBeDefined();
  const [near, far] = duplexPair();
  const broker = new MuxBroker({ openStream: () => near }, new ManualClock(), new AbortController().signal);
  const dialled = broker.dial(0x01020304);
  expect([...(await readExactly(far, 4))]).toEqual([4, 3, 2, 1]);
  far.write(Uint8Array.of(4, 3, 2, 1));
  await expect(dialled).resolves.toBe(near);
});

it("gives numbers from 1 on, none twice", () => {
  const { plugin } = brokers();
  expect([plugin.nextId(), plugin.nextId(), plugin.nextId()]).toEqual([1, 2, 3]);
});

it("gives up on a number that nobody dials after 5 s", async () => {
  const { clock, plugin } = brokers();
  const accepted = plugin.accept(9);
  await clock.reach(5_000);
  await expect(accepted).rejects.toThrow("stream 9: the other end within 5000 ms wanted");
});

it("destroys a stream whose number nobody accepts, or that sends none, after 5 s", async () => {
  const { clock, host, received, plugin } = brokers();
  const dialled = host.dial(9);
  dialled.catch(() => {});
  const [silent, far] = duplexPair();
  for (const end of [silent, far]) end.on("error", () => {});
  const receiving = plugin.receive(far);
  await new Promise(setImmediate);
  clock.set(5_000);
  await receiving;
  await expect(dialled).rejects.toThrow("4 bytes wanted");
  expect([far.destroyed, received[0]?.destroyed]).toEqual([true, true]);
});

it("refuses a second stream of a number", async () => {
  const { host, plugin, received } = brokers();
  const first = host.dial(5);
  const second = host.dial(5);
  second.catch(() => {});
  await new Promise(setImmediate);
  await plugin.accept(5);
  await expect(first).resolves.toBeDefined();
  expect(received.map((stream) => stream.destroyed)).toEqual([false, true]);
});

it("refuses another number in answer", async () => {
  const [near, far] = duplexPair();
  const broker = new MuxBroker({ openStream: () => near }, new ManualClock(), new AbortController().signal);
  const dialled = broker.dial(1);
  far.write(Uint8Array.of(2, 0, 0, 0));
  await expect(dialled).rejects.toThrow("stream 1 wanted, the host answered with 2");
  expect(near.destroyed).toBe(true);
});

it("lets nobody wait when the connection has ended", async () => {
  const { ended, host, plugin } = brokers();
  const waiting = [plugin.accept(1), host.dial(2)];
  await new Promise(setImmediate);
  ended.abort();
  expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(plugin.accept(3)).rejects.toThrow("the connection has ended");
});
