import { leastHistory } from "../latency/layout.ts";
import type { MetricObservation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { Warning } from "../result.ts";
import { renderSelector } from "../selector.ts";
import type { Read } from "./read-plan.ts";
import type { SourcePart } from "./source-part.ts";

/** What a reader should know before the first tick: selectors that find nothing, a baseline without a past. */
export function firstLookWarnings(
  plan: Plan,
  reads: readonly Read[],
  parts: readonly SourcePart[],
  metrics: readonly MetricObservation[],
): readonly Warning[] {
  const isSilent = (read: Read) => parts.every(({ silent }) => silent.includes(read));
  const noSeries = plan.spec.metrics.flatMap((metric, i) =>
    (["canary", "baseline"] as const).flatMap((cohort): Warning[] => {
      const [first, ...others] = reads.filter((read) => read.metric === i && read.cohort === cohort);
      if (first === undefined || ![first, ...others].every(isSilent)) return [];
      return [
        {
          code: "no-series",
          text: `${metric.name}: no ${cohort} series yet from ${renderSelector(first.selector)}`,
        },
      ];
    }),
  );
  const noHistory = metrics.flatMap((metric, i): Warning[] => {
    const spec = plan.spec.metrics[i];
    if (metric.kind !== "distribution" || plan.spec.baseline === null) return [];
    if (metric.distribution.baseline.total >= leastHistory) return [];
    const text = `${spec?.name}: too few latencies of the baseline before the start, so its boundaries are chosen from its first minute`;
    return [{ code: "no-baseline-history", text }];
  });
  return [...noSeries, ...noHistory];
}
