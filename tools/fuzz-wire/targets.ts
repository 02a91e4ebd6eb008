/** What the damaged streams are given to, each the way it is used. */
import { type Duplex, duplexPair } from "node:stream";
import { fieldOf, type Located } from "../../src/adapters/argo-rollouts/wire/located.ts";
import { readAnalysisRun } from "../../src/adapters/argo-rollouts/wire/read-analysis-run.ts";
import { readMeasurement } from "../../src/adapters/argo-rollouts/wire/read-measurement.ts";
import { readMetric } from "../../src/adapters/argo-rollouts/wire/read-metric.ts";
import { readStepRequest } from "../../src/adapters/argo-rollouts/wire/read-step-request.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { goString, isInterface, type RpcMethods } from "../../src/wire/go-plugin/index.ts";
import { serveConnection } from "../../src/wire/go-plugin/serve-connection.ts";
import { GobDecoder } from "../../src/wire/gob/gob-decoder.ts";
import { serveRpc } from "../../src/wire/net-rpc/serve-rpc.ts";
import { initialWindowBytes } from "../../src/wire/yamux/flow-windows.ts";
import { FrameDecoder } from "../../src/wire/yamux/frame-decoder.ts";
import { createSession, type Session } from "../../src/wire/yamux/session.ts";
import { argoArgs, bytesOf, gobStreams, hostFrames, rpcCalls, yamuxFrames } from "./corpus.ts";
import { ExpireClock } from "./expire-clock.ts";
import { mutate, oneOf } from "./mutate.ts";
import { mutateFrames } from "./mutate-frames.ts";
import { settle } from "./settle.ts";

type Random = () => number;

/** One reader of what peers send. */
export interface FuzzTarget {
  readonly name: string;
  /** How many of ten cases are its own. */
  readonly share: number;
  damaged(random: Random): Buffer;
  /** Gives it the bytes in pieces; rejects as it refuses them. */
  feed(pieces: readonly Buffer[], random: Random): Promise<void> | void;
}

/** Their shares are ten together. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: "gob decoder",
    share: 4,
    damaged: (random) => mutate(oneOf(gobStreams, random), gobStreams, random),
    feed: (pieces) => {
      decode(pieces);
    },
  },
  {
    name: "Argo's arguments",
    share: 1,
    damaged: (random) => mutate(oneOf(argoArgs, random), argoArgs, random),
    feed(pieces) {
      for (const value of decode(pieces)) {
        const args: Located = { value: isInterface(value) ? value.value : value, path: "Args" };
        if (isInterface(value) && value.name.startsWith("step.")) readStepRequest(args);
        else {
          readAnalysisRun(fieldOf(args, "AnalysisRun"), readMetric(fieldOf(args, "Metric")).name);
          readMeasurement(fieldOf(args, "Measurement"));
        }
      }
    },
  },
  {
    name: "yamux frame decoder",
    share: 2,
    damaged: damagedSession,
    feed(pieces) {
      const decoder = new FrameDecoder({ maxPayloadBytes: initialWindowBytes });
      for (const piece of pieces) for (const _frame of decoder.push(piece));
    },
  },
  {
    name: "yamux session",
    share: 1,
    damaged: damagedSession,
    async feed(pieces, random) {
      const clock = new ExpireClock();
      const pair = duplexPair();
      const session = createSession(pair[1], { role: random() < 0.5 ? "server" : "client", clock });
      session.openStream().end("ours");
      const echoed = echoAll(session);
      send(pair, pieces, random);
      await settle(Promise.all([session.closed, echoed]), clock);
    },
  },
  {
    name: "net/rpc server",
    share: 1,
    damaged: (random) => mutate(oneOf(rpcCalls, random), gobStreams, random),
    async feed(pieces, random) {
      const pair = duplexPair();
      const served = serveRpc(pair[1], { Plugin: methods });
      send(pair, pieces, random);
      await settle(served, new ExpireClock());
    },
  },
  {
    name: "go-plugin connection",
    share: 1,
    damaged: (random) => mutateFrames(hostFrames, random),
    async feed(pieces, random) {
      const clock = new ExpireClock();
      const pair = duplexPair();
      const faults: unknown[] = [];
      const connection = serveConnection(pair[1], {
        plugins: { Sample: () => methods },
        clock,
        logger: { info() {}, error() {}, warn: ({ error }) => void faults.push(error) },
        onQuit() {},
        signal: new AbortController().signal,
      });
      send(pair, pieces, random);
      await settle(connection.settled, clock);
      if (faults[0] !== undefined) throw faults[0];
    },
  },
];

/** Whether a refusal is one of those that bytes from outside may meet. */
export function isRefusal(thrown: unknown): thrown is CoalmineError {
  return (
    thrown instanceof CoalmineError &&
    ["invalid-request", "too-large", "source-unavailable"].includes(thrown.code)
  );
}

const methods: RpcMethods = {
  // What is no text is a reply of the wrong type, which the encoder refuses.
  Echo: { reply: goString, handle: (args) => args },
  Fail: {
    reply: goString,
    handle: () => {
      throw new Error("as asked");
    },
  },
};

function damagedSession(random: Random): Buffer {
  const frames = oneOf(yamuxFrames, random);
  return random() < 0.5
    ? mutateFrames(frames, random)
    : mutate(bytesOf(frames), [bytesOf(hostFrames)], random);
}

function decode(pieces: readonly Buffer[]) {
  const decoder = new GobDecoder();
  return pieces.flatMap((piece) => [...decoder.push(piece)]);
}

/** Writes the pieces to the near end and ends it, or breaks the connection. */
function send([near, far]: readonly [Duplex, Duplex], pieces: readonly Buffer[], random: Random): void {
  near.on("error", () => {}).resume();
  for (const piece of pieces) near.write(piece);
  if (random() < 0.9) near.end();
  else setImmediate(() => far.destroy());
}

/** Sends each stream back what it said. */
async function echoAll(session: Session): Promise<void> {
  try {
    for await (const stream of session) stream.on("error", () => {}).pipe(stream);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
  }
}
