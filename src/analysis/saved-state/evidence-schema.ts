// Schemas of the engine's tests between two looks.
import * as z from "zod";
import { section, word } from "../spec/section.ts";
import { count, nats, whole } from "./number-schemas.ts";

/** No grid is longer. */
const points = z.array(nats).max(100);

const evidence = section({
  logS: points,
  running: points,
  unstarted: z.number().min(0).max(1),
  tick: whole,
});

const requests = section({ requests: count, bad: count }).refine(({ requests, bad }) => bad <= requests, {
  path: ["bad"],
  error: "is more than requests",
});

/** CompareState of the engine. */
export const compareState = section({ evidence, past: requests, running: requests });

const boundaries = z.array(compareState).max(100);

/** One question's evidence. */
export const questionState = z.discriminatedUnion("kind", [
  section({ kind: word(["compare"]), fail: boundaries, pass: boundaries }),
  section({ kind: word(["slower"]), fail: compareState, pass: compareState }),
  section({ kind: word(["limit"]), fail: evidence, pass: evidence }),
]);

/** SignState of the engine. */
export const signState = section({ above: whole, below: whole });
