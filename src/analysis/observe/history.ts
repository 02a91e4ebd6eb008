import { CoalmineError } from "../../base/errors.ts";
import { baselineHistory } from "../counting/baseline-history.ts";
import type { Distribution } from "../observation.ts";
import type { SampleSource } from "../ports.ts";
import { type Answered, lookbackMs, readAll } from "./read-all.ts";
import type { Read } from "./read-plan.ts";

/** How much of the baseline's past its latency boundaries are chosen from. */
const historyMs = 3_600_000;

/** The baseline's latencies before the analysis started, for each histogram whose boundaries are to be chosen. */
export async function readHistories(
  source: SampleSource,
  answered: readonly Answered[],
  at: number,
  signal: AbortSignal,
): Promise<readonly { readonly read: Read; readonly history: Distribution | null }[]> {
  const now = answered.filter(({ read }) => read.role.kind === "allBuckets" && read.cohort === "baseline");
  const past = await readPast(
    source,
    now.map(({ read }) => read),
    at - historyMs,
    signal,
  );
  return now.map(({ read, answer }, i) => ({
    read,
    history: baselineHistory(answer, past[i]?.answer ?? { series: [], warnings: [] }),
  }));
}

/** Nothing where the source cannot say, as a scraper that was not there yet: then all that was ever counted is the past. */
async function readPast(source: SampleSource, reads: readonly Read[], at: number, signal: AbortSignal) {
  try {
    return await readAll(source, reads, { from: at - lookbackMs, to: at }, signal);
  } catch (error) {
    if (CoalmineError.from(error).code !== "source-unavailable") throw error;
    return [];
  }
}
