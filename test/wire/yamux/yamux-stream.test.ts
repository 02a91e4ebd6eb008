import { once } from "node:events";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { YamuxStream } from "../../../src/wire/yamux/yamux-stream.ts";
import { connectRaw, dataFrame, type RawPeer, takeBytes, updateFrame } from "./raw-peer.ts";

/** A stream that the peer opened and we accepted. */
async function arrived(peer: RawPeer): Promise<YamuxStream> {
  peer.send(updateFrame("syn", 1));
  const stream = await peer.session.accept();
  expect(await peer.next()).toBe("ack #1");
  return stream!;
}

/** Unlike `once`, not minding an error. */
async function whenClosed(stream: YamuxStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.once("close", resolve);
  await promise;
}

const kib = (count: number) => new Uint8Array(count * 1_024);

describe("a slow reader", () => {
  it("stops the peer at 256 KiB, and lets it go on once it read half of that", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    for (let frame = 0; frame < 4; frame++) peer.send(dataFrame(1, kib(64)));
    expect(await peer.rest()).toEqual([]);
    await takeBytes(stream, 64 * 1_024);
    expect(await peer.rest()).toEqual([]);
    await takeBytes(stream, 64 * 1_024);
    expect(await peer.rest()).toEqual(["update #1 131072"]);
    peer.send(dataFrame(1, kib(128)));
    expect(await peer.rest()).toEqual([]);
  });

  it("widens no window of a peer that has sent all", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, kib(200), ["fin"]));
    expect(await text(stream)).toHaveLength(200 * 1_024);
    expect(await peer.rest()).toEqual([]);
  });

  it("ends the session of a peer that sends more", async () => {
    const peer = connectRaw();
    await arrived(peer);
    peer.send(dataFrame(1, kib(256)), dataFrame(1, "x"));
    expect(await peer.next()).toBe("goAway 1");
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow(
      "at most the 0 bytes that the window has open wanted, 1 met",
    );
  });

  it("gets more at once than the window holds, if it asks for it", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    const whole = takeBytes(stream, 300 * 1_024);
    peer.send(dataFrame(1, kib(256)));
    expect((await peer.next()).startsWith("update #1")).toBe(true);
    peer.send(dataFrame(1, kib(44)));
    expect(await whole).toHaveLength(300 * 1_024);
  });
});

describe("a slow peer", () => {
  it("stops the writer at 256 KiB, and lets it send what an update allows", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    expect(stream.write(kib(300))).toBe(false);
    expect(await peer.rest()).toEqual(["syn #1", ...Array(4).fill("data #1 65536 bytes")]);
    expect(stream.writableNeedDrain).toBe(true);
    peer.send(updateFrame("ack", 1, 1_000));
    expect(await peer.rest()).toEqual(["data #1 1000 bytes"]);
    peer.send(updateFrame([], 1, 1_000_000));
    await once(stream, "drain");
    expect(await peer.rest()).toEqual([`data #1 ${44 * 1_024 - 1_000} bytes`]);
  });

  it("does not fill our memory: data waits until the socket has room", async () => {
    const peer = connectRaw({ role: "client" });
    const streams = Array.from({ length: 8 }, () => peer.session.openStream());
    for (const stream of streams) stream.end(kib(256));
    await new Promise(setImmediate);
    expect(peer.ours.writableLength).toBeLessThan(200_000);
    const met: string[] = [];
    for (let frame = 0; frame < 8 + 32 + 8; frame++) met.push(await peer.next());
    expect(met.filter((frame) => frame.startsWith("data"))).toHaveLength(32);
    expect(met.filter((frame) => frame.startsWith("fin"))).toHaveLength(8);
  });

  it("gets data of all streams in turn", async () => {
    const peer = connectRaw({ role: "client" });
    const large = peer.session.openStream();
    const small = peer.session.openStream();
    large.write(kib(256));
    small.write("small");
    const met: string[] = [];
    while (!met.includes("data #3 small")) met.push(await peer.next());
    expect(met.filter((frame) => frame.startsWith("data #1")).length).toBeLessThan(4);
  });
});

describe("half-close", () => {
  it("sends FIN after all data, and still receives", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    stream.write("a");
    stream.end("b");
    expect(await peer.rest()).toEqual(["syn #1", "data #1 a", "data #1 b", "fin #1"]);
    peer.send(updateFrame("ack", 1), dataFrame(1, "answer"), updateFrame("fin", 1));
    expect(await text(stream)).toBe("answer");
    await finished(stream);
    expect(await peer.rest()).toEqual([]);
  });

  it("holds FIN back while data waits for the window", async () => {
    const peer = connectRaw({ role: "client" });
    peer.session.openStream().end(kib(257));
    expect(await peer.rest()).toEqual(["syn #1", ...Array(4).fill("data #1 65536 bytes")]);
    peer.send(updateFrame("ack", 1, 1_024));
    expect(await peer.rest()).toEqual(["data #1 1024 bytes", "fin #1"]);
  });

  it("ends the reader after the data that came with or before FIN, and can still write", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "one "), dataFrame(1, "two", ["fin"]));
    expect(await text(stream)).toBe("one two");
    stream.end("late");
    expect([await peer.next(), await peer.next()]).toEqual(["data #1 late", "fin #1"]);
  });

  it("drops data that overtook its FIN, as of a Go peer that writes while it closes", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "in time", ["fin"]), dataFrame(1, "too late"));
    expect(await text(stream)).toBe("in time");
    expect(await peer.rest()).toEqual([]);
  });

  it("breaks the protocol when it comes twice", async () => {
    const peer = connectRaw();
    await arrived(peer);
    peer.send(updateFrame("fin", 1), updateFrame("fin", 1));
    expect(await peer.next()).toBe("goAway 1");
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow("a stream that is remoteClosed wants");
  });
});

describe("reset", () => {
  it("is sent by destroy, once, and what comes afterwards is drained", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    stream.destroy();
    stream.destroy();
    peer.send(dataFrame(1, "late"), updateFrame([], 1, 5), updateFrame("fin", 1), updateFrame("rst", 1));
    expect(await peer.rest()).toEqual(["rst #1"]);
  });

  it("is sent by destroy after FIN, for the peer may still send", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    stream.end("bye");
    await once(stream, "finish");
    stream.destroy();
    expect(await peer.rest()).toEqual(["data #1 bye", "fin #1", "rst #1"]);
  });

  it("is not sent for a stream that both ends have ended", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    stream.end();
    peer.send(updateFrame("fin", 1));
    await finished(stream.resume());
    stream.destroy();
    expect(await peer.rest()).toEqual(["fin #1"]);
  });

  it("by the peer destroys the stream with an error, and the session goes on", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    stream.write(kib(300));
    peer.send(dataFrame(1, "lost"), updateFrame("rst", 1));
    await expect(finished(stream)).rejects.toThrow(
      expect.objectContaining({
        code: "source-unavailable",
        message: "yamux stream 1: the peer reset the stream",
      }),
    );
    expect((await peer.rest()).at(-1)).toBe("data #1 65536 bytes");
  });

  it("tells a writer that waits", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    const { promise, resolve } = Promise.withResolvers<Error | null | undefined>();
    stream.write(kib(300), resolve);
    stream.destroy();
    expect((await promise)?.message).toBe("yamux stream 1: destroyed while it wrote");
  });

  it("before the stream was accepted says that it was refused", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    peer.send(updateFrame("rst", 1));
    await expect(finished(stream)).rejects.toThrow("yamux stream 1: the peer refused the stream");
  });

  it("does not end the process when nobody listens for errors", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(updateFrame("rst", 1));
    await whenClosed(stream);
    expect(stream.errored?.message).toBe("yamux stream 1: the peer reset the stream");
  });
});

describe("the end of the session", () => {
  it("still lets the reader have what arrived, then the error", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "arrived"));
    await peer.rest();
    peer.hangUp();
    await peer.session.closed;
    const met: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => met.push(chunk));
    await expect(finished(stream)).rejects.toThrow("the session ended while the stream was in use");
    expect(Buffer.concat(met).toString()).toBe("arrived");
  });

  it("is a good end for a reader who was told of one by FIN, and an error for the writer", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "all of it", ["fin"]));
    const closed = whenClosed(stream);
    peer.hangUp();
    expect(await text(stream)).toBe("all of it");
    await closed;
    expect(stream.errored).toMatchObject({ code: "source-unavailable" });
  });

  it("comes after a FIN that the reader has yet to see, with data before it or without", async () => {
    for (const word of ["", "unread"]) {
      const peer = connectRaw();
      const stream = await arrived(peer);
      const closed = whenClosed(stream);
      peer.send(dataFrame(1, word, ["fin"]));
      await peer.rest();
      peer.hangUp();
      await peer.session.closed;
      expect(await text(stream)).toBe(word);
      await closed;
      expect(stream.errored).toMatchObject({ code: "source-unavailable" });
    }
  });

  it("comes after what the reader has begun to read", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "arrived"));
    expect((await takeBytes(stream, 3)).toString()).toBe("arr");
    peer.hangUp();
    await peer.session.closed;
    expect((await takeBytes(stream, 4)).toString()).toBe("ived");
    await expect(text(stream)).rejects.toThrow("the session ended while the stream was in use");
  });

  it("is told at once to a writer that waits, whatever there is to read", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    const { promise, resolve } = Promise.withResolvers<Error | null | undefined>();
    stream.write(kib(300), resolve);
    peer.send(dataFrame(1, "unread"));
    await peer.rest();
    peer.hangUp();
    expect(await promise).toMatchObject({ code: "source-unavailable" });
    expect(stream.destroyed).toBe(true);
  });

  it("is told to those who write or end afterwards", async () => {
    const peer = connectRaw();
    const stream = await arrived(peer);
    peer.send(dataFrame(1, "unread"));
    await peer.rest();
    peer.hangUp();
    await peer.session.closed;
    expect(stream.destroyed).toBe(false);
    stream.end();
    await whenClosed(stream);
    expect(stream.errored).toMatchObject({ code: "source-unavailable" });
  });
});
