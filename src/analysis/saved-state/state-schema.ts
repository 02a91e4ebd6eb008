import * as z from "zod";
import type { AnalysisState } from "../advance/state.ts";
import { podLimit } from "../counting/pod-memory.ts";
import { reasonCodes, warningCodes } from "../reasons.ts";
import { show } from "../spec/reading.ts";
import { section, word } from "../spec/section.ts";
import { compareState } from "./evidence-schema.ts";
import { exactly } from "./exactly.ts";
import { metricState } from "./metric-state-schema.ts";
import { count, line, time, whole } from "./number-schemas.ts";

const podTimes = section({ first: time, last: time });

const podMemory = section({
  pods: z
    .record(z.string().regex(/^[0-9a-z]{1,7}([.][0-9a-z]{1,3})?$/), podTimes)
    .refine((pods) => Object.keys(pods).length <= podLimit, { error: `holds more than ${podLimit} pods` }),
  cohortSince: section({ canary: time.nullable(), baseline: time.nullable() }),
  full: z.boolean(),
});

const outage = section({
  test: compareState,
  counts: section({ nc: count, xc: count, nb: count, xb: count }),
});

const traffic = section({
  canary: count,
  baseline: count,
  running: section({ looked: z.boolean(), canary: count, baseline: count, canarySampled: z.boolean() }),
  flat: section({ ticks: whole, baseline: count }),
});

const decision = section({
  verdict: word(["pass", "fail", "inconclusive"]),
  reason: section({ code: word(reasonCodes), text: line }),
  at: time,
  phase: word(["done", "cancelled"]),
});

/**
 * The form of a saved state, key by key; whether it is one of the analysis at
 * hand is {@link fitProblems}'s to say. Exactly AnalysisState: a field that one
 * of them lacks does not compile.
 */
export const stateSchema = exactly<AnalysisState>()(
  section({
    version: z.literal(1, {
      error: ({ input }) => `expected 1, got ${show(input)}: it is of another version of Coalmine`,
    }),
    startedAt: time,
    consumedTo: time.nullable(),
    ticks: whole,
    pods: z.array(podMemory).max(20),
    metrics: z.array(metricState).max(50),
    outage: outage.nullable(),
    traffic,
    weight: z.number().min(0).max(100).nullable(),
    sourceAway: section({ since: time, message: line }).nullable(),
    warnings: z.array(section({ code: word(warningCodes), text: line })).max(100),
    decision: decision.nullable(),
  }),
);
