import { leastHistory } from "../latency/layout.ts";
import { noSeriesYet } from "../no-series.ts";
import type { MetricObservation } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { Warning } from "../result.ts";
import { renderSelector } from "../selector.ts";
import type { Read } from "./read-plan.ts";
import type { SourcePart } from "./source-part.ts";

/**
 * What a reader should know before the first tick: selectors that find nothing,
 * by source where there are several, and a baseline without a past.
 */
export function firstLookWarnings(
  plan: Plan,
  reads: readonly Read[],
  parts: readonly SourcePart[],
  metrics: readonly MetricObservation[],
): readonly Warning[] {
  const noSeries = parts.flatMap((part, source) => {
    const where = parts.length === 1 ? "" : ` in ${plan.spec.sources[source]}`;
    return silentCohorts(plan, reads, part).map(
      (text): Warning => ({ code: "no-series", text: `${text}${where}` }),
    );
  });
  const noBad = plan.spec.metrics.flatMap(({ name }, i): Warning[] => {
    const bad = reads.filter(
      ({ metric, role }) => metric === i && role.kind === "counter" && role.part === "bad",
    );
    const [first] = bad;
    const isSilent = (read: Read) => parts.every(({ silent }) => silent.includes(read));
    if (first === undefined || !bad.every(isSilent)) return [];
    const text = `${name}: no bad events yet from ${renderSelector(first.selector)}; if its name or labels are wrong, none will ever be counted`;
    return [{ code: "no-series", text }];
  });
  const noHistory = metrics.flatMap((metric, i): Warning[] => {
    const spec = plan.spec.metrics[i];
    if (metric.kind !== "distribution" || plan.spec.baseline === null) return [];
    if (metric.distribution.baseline.total >= leastHistory) return [];
    const text = `${spec?.name}: too few latencies of the baseline before the start, so its boundaries are chosen from its first minute`;
    return [{ code: "no-baseline-history", text }];
  });
  return [...noSeries, ...noBad, ...noHistory];
}

/** Each metric's cohorts of which a source has no series at all. */
function silentCohorts({ spec }: Plan, reads: readonly Read[], { silent }: SourcePart): string[] {
  return spec.metrics.flatMap(({ name }, i) =>
    (["canary", "baseline"] as const).flatMap((cohort) => {
      const own = reads.filter((read) => read.metric === i && read.cohort === cohort);
      const [first] = own;
      if (first === undefined || !own.every((read) => silent.includes(read))) return [];
      return [`${noSeriesYet(name, cohort)}${renderSelector(first.selector)}`];
    }),
  );
}
