import { type Duplex, duplexPair } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { createSession, type Session } from "../../../src/wire/yamux/session.ts";
import { ManualClock } from "./manual-clock.ts";
import { connectRaw, dataFrame, goAwayFrameOf, pingFrame, updateFrame } from "./raw-peer.ts";

/** Two sessions whose bytes are cut anew on the way: `cuts` are the sizes of the pieces, again and again. */
function connectCut(cuts: readonly number[]): { readonly client: Session; readonly server: Session } {
  const [clientEnd, clientWire] = duplexPair();
  const [serverEnd, serverWire] = duplexPair();
  forwardCut(clientWire, serverWire, cuts);
  forwardCut(serverWire, clientWire, cuts);
  const options = { clock: new ManualClock(), keepaliveIntervalMs: null };
  return {
    client: createSession(clientEnd, { role: "client", ...options }),
    server: createSession(serverEnd, { role: "server", ...options }),
  };
}

function forwardCut(from: Duplex, to: Duplex, cuts: readonly number[]): void {
  let turn = 0;
  from.on("data", (chunk: Buffer) => {
    for (let start = 0; start < chunk.length; ) {
      const size = cuts[turn++ % cuts.length] ?? 1;
      to.write(chunk.subarray(start, start + size));
      start += size;
    }
  });
  from.on("end", () => to.end());
}

/** What one end writes on a stream, chunk by chunk; bytes that tell their place and stream. */
function chunksOf(sizes: readonly number[], seed: number): Buffer[] {
  let place = seed * 101;
  return sizes.map((size) => Buffer.from(Array.from({ length: size }, () => place++ % 251)));
}

/** All that comes on a stream that may still be written to, which stream/consumers would destroy at its end. */
async function allOf(stream: Duplex): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream.iterator({ destroyOnReturn: false })));
}

const sizes = fc.array(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 90_000 })), { maxLength: 6 });
const exchange = fc.record({ isFromServer: fc.boolean(), ask: sizes, answer: sizes });
const cuts = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 70_000 })), {
    minLength: 1,
    maxLength: 5,
  })
  .filter((pieces) => Math.max(...pieces) > 500);

it("carries what both ends write on any number of streams, whole and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 6 }), cuts, async (exchanges, pieces) => {
      const { client, server } = connectCut(pieces);
      const play = async (opener: Session, accepter: Session, ask: Buffer[], answer: Buffer[]) => {
        const asking = opener.openStream();
        const answering = await accepter.accept();
        for (const chunk of ask) asking.write(chunk);
        for (const chunk of answer) answering?.write(chunk);
        asking.end();
        answering?.end();
        const [asked, answered] = await Promise.all([allOf(answering!), allOf(asking)]);
        expect(asked.equals(Buffer.concat(ask))).toBe(true);
        expect(answered.equals(Buffer.concat(answer))).toBe(true);
      };
      await Promise.all(
        exchanges.map(({ isFromServer, ask, answer }, seed) => {
          const [opener, accepter] = isFromServer ? [server, client] : [client, server];
          return play(opener, accepter, chunksOf(ask, seed), chunksOf(answer, seed + 50));
        }),
      );
      await client.close();
      expect(await server.closed).toBeUndefined();
    }),
    { seed: 1, numRuns: 40 },
  );
}, 300_000);

const id = fc.nat({ max: 6 });
const flags = fc.subarray(["syn", "ack", "fin", "rst"] as const);
const hostileFrame = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(flags, id, fc.oneof(fc.nat({ max: 9 }), fc.nat()))
      .map((args) => updateFrame(...args)),
  },
  { weight: 6, arbitrary: fc.tuple(id, fc.string(), flags).map((args) => dataFrame(...args)) },
  { weight: 2, arbitrary: fc.nat().map(pingFrame) },
  { weight: 1, arbitrary: fc.nat({ max: 4 }).map(goAwayFrameOf) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
);

it("outlives whatever a peer sends: it ends, well or with an error that is not its own fault", async () => {
  const input = fc.array(hostileFrame, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(input, fc.integer({ min: 1, max: 60 }), async (frames, size) => {
      const peer = connectRaw();
      const serving = (async () => {
        for await (const stream of peer.session) stream.pipe(stream);
      })();
      serving.catch(() => {});
      const bytes = Buffer.concat(frames);
      for (let start = 0; start < bytes.length; start += size) peer.send(bytes.subarray(start, start + size));
      peer.hangUp();
      const ended: unknown = await peer.session.closed.catch((error: unknown) => error);
      if (ended === undefined) return;
      expect(ended).toBeInstanceOf(CoalmineError);
      expect(["invalid-request", "source-unavailable"]).toContain((ended as CoalmineError).code);
      await expect(serving).rejects.toBe(ended);
    }),
    { seed: 1, numRuns: 400 },
  );
}, 300_000);
