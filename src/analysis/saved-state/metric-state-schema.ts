// Schemas of what is known of each kind of metric.
import * as z from "zod";
import { section, word } from "../spec/section.ts";
import { questionState, signState } from "./evidence-schema.ts";
import { count, measured, podHashes, span, time, whole } from "./number-schemas.ts";

/** More than any histogram has: a classic one a few dozen, a native one's grid some hundred (counting/native-grid.ts). */
const mostBoundaries = 10_000;
const bounds = z.array(z.number()).max(mostBoundaries);
const counts = z.array(count).max(mostBoundaries);
const index = whole.max(mostBoundaries);

const layout = section({
  form: word(["classic", "native", "events"]),
  boundaries: bounds,
  unitSeconds: z.number(),
  compare: z.array(index).max(100),
  limit: section({ fail: index, pass: index.nullable() }).nullable(),
  slower: section({ baseline: index, fail: index, pass: index }).nullable(),
});

const tally = section({ total: count, bad: counts });

const distribution = section({
  bounds,
  baseline: tally,
  form: word(["classic", "native"]),
});

const bothSampled = section({ canary: z.boolean(), baseline: z.boolean() });

const unpairedCohort = section({ settled: tally, warming: tally, sampled: z.boolean() });
const unpairedScrape = section({ canary: unpairedCohort, baseline: unpairedCohort, waitedMs: span });

const countMetric = section({
  kind: word(["counts"]),
  layout: layout.nullable(),
  distribution: distribution.nullable(),
  questions: z.array(questionState).max(10),
  // A row is a factor of 1.5 in the split: a few dozen reach from one request in a million to the reverse.
  rows: z.array(section({ nc: count, nb: count, xc: counts, xb: counts })).max(1_000),
  pods: podHashes,
  podsWithBad: podHashes,
  sampled: bothSampled,
  silence: z.array(section({ canary: span.nullable(), baseline: span.nullable() })).max(20),
  unpaired: z.array(unpairedScrape.nullable()).max(20),
  settledTicks: whole,
  settledNow: z.boolean(),
  droppedLooks: whole,
  dispersion: z.number().min(1),
});

const mean = section({ sum: measured, looks: whole });
const means = section({ canary: mean, baseline: mean });

const gaugeMetric = section({
  kind: word(["gauge"]),
  fail: signState,
  pass: signState,
  blocks: whole,
  missedBlocks: whole,
  block: means,
  total: means,
});

const conditionMetric = section({
  kind: word(["condition"]),
  holdingSince: time.nullable(),
  lastSeen: time.nullable(),
});

/** What is known of one metric. */
export const metricState = z.discriminatedUnion("kind", [countMetric, gaugeMetric, conditionMetric]);
