import { once } from "node:events";
import { duplexPair } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/wire/yamux/session.ts";
import type { YamuxStream } from "../../../src/wire/yamux/yamux-stream.ts";
import { ManualClock } from "./manual-clock.ts";
import { connectRaw, dataFrame, goAwayFrameOf, pingFrame, updateFrame } from "./raw-peer.ts";

function connectBoth() {
  const [one, other] = duplexPair();
  const options = { clock: new ManualClock(), keepaliveIntervalMs: null };
  return {
    client: createSession(one, { role: "client", ...options }),
    server: createSession(other, { role: "server", ...options }),
  };
}

describe("opening", () => {
  it("lets data go before the peer has accepted", async () => {
    const peer = connectRaw({ role: "client" });
    peer.session.openStream().write("at once");
    peer.session.openStream();
    expect(await peer.rest()).toEqual(["syn #1", "data #1 at once", "syn #3"]);
  });

  it("is refused when there are too many streams, until one is over", async () => {
    const peer = connectRaw({ role: "client", limits: { maxStreams: 2 } });
    const first = peer.session.openStream();
    peer.session.openStream();
    expect(() => peer.session.openStream()).toThrow(
      expect.objectContaining({
        code: "too-large",
        message: "yamux: at most 2 streams wanted, one more asked for",
      }),
    );
    first.destroy();
    expect(peer.session.openStream().id).toBe(5);
  });

  it("is refused when the peer has too many yet to accept", async () => {
    const peer = connectRaw({ role: "client", limits: { acceptBacklog: 2 } });
    peer.session.openStream();
    peer.session.openStream();
    expect(() => peer.session.openStream()).toThrow("at most 2 streams not yet accepted wanted");
    peer.send(updateFrame("ack", 1));
    await peer.rest();
    expect(peer.session.openStream().id).toBe(5);
    peer.send(updateFrame("rst", 3));
    await peer.rest();
    expect(peer.session.openStream().id).toBe(7);
  });

  it("is refused once the session has ended", async () => {
    const peer = connectRaw();
    peer.hangUp();
    await peer.session.closed;
    expect(() => peer.session.openStream()).toThrow("a session wanted, but it has ended");
  });
});

describe("accepting", () => {
  it("gives streams in the order they came, and acknowledges each as it is taken", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1), dataFrame(3, "with data", ["syn"]), updateFrame("syn", 5, 100));
    expect(await peer.rest()).toEqual([]);
    const ids: (number | undefined)[] = [];
    for (let count = 0; count < 3; count++) ids.push((await peer.session.accept())?.id);
    expect(ids).toEqual([1, 3, 5]);
    expect(await peer.rest()).toEqual(["ack #1", "ack #3", "ack #5"]);
  });

  it("keeps what came before it, and a FIN too", async () => {
    const peer = connectRaw();
    peer.send(dataFrame(1, "early ", ["syn"]), dataFrame(1, "bird", ["fin"]));
    const stream = await peer.session.accept();
    expect(await text(stream!)).toBe("early bird");
    stream?.end("worm");
    expect([await peer.next(), await peer.next(), await peer.next()]).toEqual([
      "ack #1",
      "data #1 worm",
      "fin #1",
    ]);
  });

  it("takes a window larger than usual from the frame that opens the stream", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1, 65_536));
    const stream = await peer.session.accept();
    stream?.write(new Uint8Array(320 * 1_024));
    expect(await peer.rest()).toEqual(["ack #1", ...Array(5).fill("data #1 65536 bytes")]);
  });

  it("refuses with RST what is over the backlog, and goes on when there is room", async () => {
    const peer = connectRaw({ limits: { acceptBacklog: 2 } });
    peer.send(updateFrame("syn", 1), updateFrame("syn", 3), updateFrame("syn", 5), dataFrame(5, "lost"));
    expect(await peer.rest()).toEqual(["rst #5"]);
    expect((await peer.session.accept())?.id).toBe(1);
    peer.send(updateFrame("syn", 7), updateFrame("syn", 9));
    expect(await peer.rest()).toEqual(["ack #1", "rst #9"]);
  });

  it("has a backlog of 256", async () => {
    const peer = connectRaw();
    for (let place = 0; place <= 256; place++) peer.send(updateFrame("syn", 2 * place + 1));
    expect(await peer.rest()).toEqual(["rst #513"]);
  });

  it("refuses with RST what is over the limit of streams", async () => {
    const peer = connectRaw({ limits: { maxStreams: 1 } });
    peer.send(updateFrame("syn", 1));
    const stream = await peer.session.accept();
    peer.send(updateFrame("syn", 3));
    expect(await peer.rest()).toEqual(["ack #1", "rst #3"]);
    stream?.destroy();
    peer.send(updateFrame("syn", 5));
    expect(await peer.rest()).toEqual(["rst #1"]);
  });

  it("passes over streams that were reset while they waited", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1), updateFrame("syn", 3), updateFrame("rst", 1));
    await peer.rest();
    expect((await peer.session.accept())?.id).toBe(3);
    expect(await peer.rest()).toEqual(["ack #3"]);
  });

  it("is an iteration that ends with the session", async () => {
    const { client, server } = connectBoth();
    const met = (async () => {
      const texts: string[] = [];
      for await (const stream of server) {
        texts.push(await text(stream));
        stream.end();
      }
      return texts;
    })();
    for (const word of ["one", "two"]) await finished(client.openStream().end(word).resume());
    await client.close();
    expect(await met).toEqual(["one", "two"]);
    expect(await server.accept()).toBeNull();
  });
});

describe("go-away", () => {
  it("refuses new streams; those that are open go on", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1));
    const stream = await peer.session.accept();
    peer.session.goAway();
    peer.send(updateFrame("syn", 3), dataFrame(3, "lost"), dataFrame(1, "still here", ["fin"]));
    expect(await peer.rest()).toEqual(["ack #1", "goAway 0", "rst #3"]);
    expect(await text(stream!)).toBe("still here");
  });

  it("of the peer is heard: no stream is opened, those that are open go on", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    peer.send(goAwayFrameOf(0), updateFrame("ack", 1));
    await peer.rest();
    expect(() => peer.session.openStream()).toThrow(
      expect.objectContaining({
        code: "source-unavailable",
        message: "yamux: a stream wanted, but the peer takes no more",
      }),
    );
    stream.write("still here");
    expect(await peer.rest()).toEqual(["data #1 still here"]);
  });

  it.each([
    [1, "source-unavailable", "the peer ended the session for a protocol error of ours", []],
    [2, "source-unavailable", "the peer ended the session for an internal error of its own", []],
    [3, "invalid-request", "a go-away reason from 0 to 2 wanted, 3 met", ["goAway 1"]],
  ])("of the peer for reason %i ends the session", async (reason, code, message, answer) => {
    const peer = connectRaw();
    peer.send(goAwayFrameOf(reason));
    const met = [];
    for (let frame = await peer.next(); frame !== "end"; frame = await peer.next()) met.push(frame);
    expect(met).toEqual(answer);
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe("a peer that breaks the protocol", () => {
  const syn = updateFrame("syn", 1);
  it.each<[string, Uint8Array[], string]>([
    ["speaks another language", [Buffer.from("GET / HTTP/1.1\r\n")], "version 0 wanted, 71 met"],
    ["opens a stream twice", [syn, syn], "a new stream id wanted, 1 is in use"],
    ["opens one again that is over", [syn, updateFrame("rst", 1), syn], "1 was used before"],
    [
      "opens one with an id of ours",
      [updateFrame("syn", 2)],
      "an odd id for a stream that the peer opens wanted",
    ],
    ["accepts a stream that it opened", [syn, updateFrame("ack", 1)], "arriving wants ackSent"],
    [
      "announces a payload over its window",
      [dataFrame(1, "").with(9, 4).with(11, 1)],
      "a payload of at most 262144 bytes wanted, 262145 announced",
    ],
    [
      "widens a window over its limit",
      [syn, updateFrame([], 1, 0xffffffff)],
      "a window of at most 4294967295",
    ],
  ])("%s: is told so and the session ends", async (_, frames, message) => {
    const peer = connectRaw();
    peer.send(...frames, pingFrame(5));
    expect([await peer.next(), await peer.next()]).toEqual(["goAway 1", "end"]);
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow(
      expect.objectContaining({ code: "invalid-request", message: expect.stringContaining(message) }),
    );
    await expect(peer.session.accept()).rejects.toThrow(message);
  });

  it("but talks of a stream that is over, or never was, does not", async () => {
    const peer = connectRaw();
    peer.send(
      dataFrame(9, "stray"),
      updateFrame("fin", 9),
      updateFrame("rst", 2),
      updateFrame([], 4, 0xffffffff),
    );
    expect(await peer.rest()).toEqual([]);
  });

  it("sends and does not read, ends the session before it fills our memory", async () => {
    const peer = connectRaw({ limits: { maxUnsentBytes: 100_000 } });
    peer.send(...Array.from({ length: 20_000 }, (_, value) => pingFrame(value)));
    await once(peer.ours, "data");
    expect(peer.ours.writableLength).toBeLessThan(101_000);
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow(
      expect.objectContaining({
        code: "too-large",
        message: expect.stringMatching(/at most 100000 bytes waiting to be sent wanted, 1000\d\d met/),
      }),
    );
  });
});

describe("the end", () => {
  it("by close() is told to the peer after all that was written", async () => {
    const peer = connectRaw({ role: "client" });
    const stream = peer.session.openStream();
    await finished(stream.end("last words"), { readable: false });
    const closing = peer.session.close();
    const met: string[] = [];
    for (let frame = await peer.next(); frame !== "end"; frame = await peer.next()) met.push(frame);
    expect(met).toEqual(["syn #1", "data #1 last words", "fin #1", "goAway 0"]);
    peer.hangUp();
    await closing;
    expect(await peer.session.closed).toBeUndefined();
    expect(stream.errored).toMatchObject({
      message: "yamux: the session ended while the stream was in use",
    });
  });

  it("by close() is one and the same, however often it is asked for", async () => {
    const { client, server } = connectBoth();
    await Promise.all([client.close(), client.close(), server.close()]);
    await client.close();
    expect(await client.closed).toBeUndefined();
  });

  it("by close() does not wait for ever for a peer that does not close", async () => {
    const peer = connectRaw({ closeTimeoutMs: 500 });
    const closing = peer.session.close();
    await peer.clock.reach(500);
    await closing;
    expect(peer.ours.destroyed).toBe(true);
  });

  it("of the connection between frames is a good end, as of a Go peer that closes", async () => {
    const peer = connectRaw();
    const accepting = peer.session.accept();
    peer.hangUp();
    expect(await peer.session.closed).toBeUndefined();
    expect(await accepting).toBeNull();
  });

  it.each([4, 14])("of the connection %i bytes into a frame is an error", async (bytes) => {
    const peer = connectRaw();
    peer.send(dataFrame(1, "cut").subarray(0, bytes));
    peer.hangUp();
    await expect(peer.session.closed).rejects.toThrow("the connection was lost: it ended inside a frame");
  });

  it("of the connection by a fault is that error", async () => {
    const peer = connectRaw();
    const accepting = peer.session.accept();
    accepting.catch(() => {});
    const fault = new Error("read ECONNRESET");
    peer.ours.destroy(fault);
    const wanted = { code: "source-unavailable", message: "yamux: the connection was lost: read ECONNRESET" };
    await expect(peer.session.closed).rejects.toMatchObject({ ...wanted, cause: fault });
    await expect(accepting).rejects.toMatchObject(wanted);
  });

  it("of the connection by a fault is a good end when the peer took its leave and no stream was in use", async () => {
    const peer = connectRaw();
    const stream = peer.session.openStream();
    peer.send(goAwayFrameOf(0));
    await peer.rest();
    stream.destroy();
    peer.ours.destroy(new Error("write EPIPE"));
    expect(await peer.session.closed).toBeUndefined();
  });

  it("of the connection by a fault is an error when the peer took its leave but a stream was in use", async () => {
    const peer = connectRaw();
    peer.session.openStream();
    peer.send(goAwayFrameOf(0));
    await peer.rest();
    peer.ours.destroy(new Error("write EPIPE"));
    await expect(peer.session.closed).rejects.toThrow("write EPIPE");
  });

  it("of the connection without a word is an error", async () => {
    const peer = connectRaw();
    peer.ours.destroy();
    await expect(peer.session.closed).rejects.toThrow(
      "the connection was lost: it was closed without an end",
    );
  });

  it("comes at once on a connection that is closed already", async () => {
    const [socket] = duplexPair();
    socket.destroy();
    await once(socket, "close");
    const session = createSession(socket, { role: "client", clock: new ManualClock() });
    await expect(session.closed).rejects.toThrow("it was closed without an end");
    expect(() => session.openStream()).toThrow("it has ended");
  });

  it("for a fault of ours is told to the peer as such", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1));
    const stream = await peer.session.accept();
    const fault = new Error("a reader's fault");
    await new Promise((resolve) => stream?.once("resume", resolve).resume());
    stream?.on("data", () => {
      throw fault;
    });
    peer.send(dataFrame(1, "x"));
    expect([await peer.next(), await peer.next()]).toEqual(["ack #1", "goAway 2"]);
    peer.hangUp();
    await expect(peer.session.closed).rejects.toMatchObject({ code: "internal", cause: fault });
  });

  it("forgets the streams that nobody accepted", async () => {
    const peer = connectRaw();
    peer.send(updateFrame("syn", 1));
    await peer.rest();
    peer.hangUp();
    await peer.session.closed;
    expect(await peer.session.accept()).toBeNull();
  });
});

describe("two sessions", () => {
  it("carry streams opened by both ends at the same time", async () => {
    const { client, server } = connectBoth();
    const answer = async (stream: YamuxStream | null, word: string) => {
      stream?.end(`${await text(stream)} ${word}`);
    };
    const fromClient = client.openStream();
    const fromServer = server.openStream();
    fromClient.end("hello");
    fromServer.end("bonjour");
    void server.accept().then((stream) => answer(stream, "world"));
    void client.accept().then((stream) => answer(stream, "monde"));
    expect(await Promise.all([text(fromClient), text(fromServer)])).toEqual(["hello world", "bonjour monde"]);
    expect([fromClient.id, fromServer.id]).toEqual([1, 2]);
  });
});
