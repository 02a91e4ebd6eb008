import type { AnalysisState } from "./advance/state.ts";
import type { Cohort } from "./observation.ts";
import type { Plan } from "./plan/plan.ts";
import type { Warning } from "./result.ts";

/** How the warning begins that a metric's selector found nothing of a cohort at the first look. */
export function noSeriesYet(metric: string, cohort: Cohort): string {
  return `${metric}: no ${cohort} series yet from `;
}

/**
 * Whether the warning was about series that have come since: a canary's pods are
 * often born when its analysis begins. With several sources it stays, for which
 * of them has the series is not remembered.
 */
export function isOutdated(plan: Plan, state: AnalysisState, { code, text }: Warning): boolean {
  if (code !== "no-series" || plan.spec.sources.length > 1) return false;
  return plan.spec.metrics.some(({ name }, i) => {
    const known = state.metrics[i];
    if (known?.kind !== "counts") return false;
    return (["canary", "baseline"] as const).some(
      (cohort) => known.sampled[cohort] && text.startsWith(noSeriesYet(name, cohort)),
    );
  });
}
