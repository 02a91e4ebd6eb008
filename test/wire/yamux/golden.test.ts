import { once } from "node:events";
import { duplexPair } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSession, type Session } from "../../../src/wire/yamux/session.ts";
import type { YamuxStream } from "../../../src/wire/yamux/yamux-stream.ts";
import { ManualClock } from "./manual-clock.ts";
import { takeBytes } from "./raw-peer.ts";
import { goldenNames, readGolden } from "./read-golden.ts";

/**
 * What a scenario of test/tools/wire-golden/yamux/record does at one end.
 * `heard` resolves when our end was given that many frames of the recording.
 */
type Script = (session: Session, heard: (frames: number) => Promise<void>) => Promise<void>;

const scripts: Record<string, { readonly client: Script; readonly server: Script }> = {
  echo: {
    async client(session) {
      const stream = session.openStream();
      stream.write("hello");
      expect((await takeBytes(stream, 6)).toString()).toBe("world!");
      stream.end();
      expect(await text(stream)).toBe("");
    },
    async server(session) {
      const stream = await accepted(session);
      expect((await takeBytes(stream, 5)).toString()).toBe("hello");
      stream.write("world!");
      expect(await text(stream)).toBe("");
      stream.end();
    },
  },
  "half-close": {
    async client(session) {
      const stream = session.openStream();
      stream.end("question");
      expect(await text(stream)).toBe("answer");
    },
    async server(session) {
      const stream = await accepted(session);
      expect(await text(stream)).toBe("question");
      stream.end("answer");
    },
  },
  "both-open": {
    async client(session) {
      const ours = session.openStream();
      const theirs = await accepted(session);
      ours.write("odd");
      expect((await takeBytes(theirs, 4)).toString()).toBe("even");
    },
    async server(session) {
      const theirs = await accepted(session);
      const ours = session.openStream();
      expect((await takeBytes(theirs, 3)).toString()).toBe("odd");
      ours.write("even");
    },
  },
  "window-update": {
    async client(session) {
      const stream = session.openStream();
      for (let part = 0; part < 2; part++) stream.write("a".repeat(65_536));
      stream.end();
      expect(await text(stream)).toBe("");
    },
    async server(session) {
      const stream = await accepted(session);
      expect(await text(stream)).toBe("a".repeat(131_072));
      stream.end();
    },
  },
  refused: {
    async client(session) {
      session.openStream();
      await expect(finished(session.openStream())).rejects.toThrow("stream 3: the peer refused the stream");
    },
    async server(_, heard) {
      await heard(2);
    },
  },
  reset: {
    async client(session) {
      const stream = session.openStream();
      stream.end();
      await once(stream, "finish");
      stream.destroy();
    },
    async server(session) {
      const stream = await accepted(session);
      await expect(finished(stream.resume())).rejects.toThrow("stream 1: the peer reset the stream");
    },
  },
  ping: {
    async client(session, heard) {
      await session.ping();
      await heard(2);
      await session.ping();
    },
    async server(session, heard) {
      await heard(1);
      await session.ping();
    },
  },
  "go-away": {
    async client(session, heard) {
      await heard(2);
      expect(() => session.openStream()).toThrow("the peer takes no more");
      session.goAway();
      await session.ping();
    },
    async server(session) {
      session.goAway();
      await session.ping();
    },
  },
};

async function accepted(session: Session): Promise<YamuxStream> {
  const stream = await session.accept();
  if (stream === null) throw new Error("a stream wanted, but the session has ended");
  return stream;
}

describe("a session of ours, in the place of one of the Go library's", () => {
  const cases = goldenNames.flatMap((name) => [
    { name, role: "client" } as const,
    { name, role: "server" } as const,
  ]);

  it.each(cases)("says the same bytes as the $role in $name", async ({ name, role }) => {
    const [ours, peer] = duplexPair();
    const session = createSession(ours, {
      role,
      clock: new ManualClock(),
      keepaliveIntervalMs: null,
      limits: role === "server" ? { acceptBacklog: 1 } : {},
    });
    let given = 0;
    const heard = async (frames: number) => {
      while (given < frames) await turnOfEventLoop();
      await turnOfEventLoop();
    };
    const played = scripts[name]?.[role](session, heard);
    for (const { from, bytes } of readGolden(name)) {
      if (from === role) {
        expect((await takeBytes(peer, bytes.length)).toString("hex")).toBe(bytes.toString("hex"));
      } else {
        peer.write(bytes);
        given += 1;
      }
    }
    await played;
    await turnOfEventLoop();
    expect(peer.read()).toBeNull();
  });

  it("has a script for every recording", () => {
    expect(Object.keys(scripts).sort()).toEqual(goldenNames.toSorted());
  });
});
