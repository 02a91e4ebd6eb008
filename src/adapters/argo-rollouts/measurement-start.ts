import { parseDuration } from "../../base/duration.ts";
import type { MeasurementRequest } from "./metric-provider.ts";

/**
 * The first measurement is about the run from its start, also when it is a
 * second try after a crash; a further one about the time from now on. In whole
 * seconds, which is what the controller keeps.
 */
export function startOf({ run, metric }: MeasurementRequest, now: number): number {
  const delay = parseDuration(metric.initialDelay) ?? 0;
  const begun = run.startedAt === null ? (run.createdAt ?? now) : run.startedAt + delay;
  const start = run.measured > 0 ? now : Math.min(now, begun);
  return Math.floor(start / 1_000) * 1_000;
}

/** What is told of a run that the controller terminates. */
export const endedEarly = "the controller ended the run before there was a verdict";
