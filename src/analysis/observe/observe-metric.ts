import { unreachable } from "../../base/unreachable.ts";
import type { ReadCounts } from "../counting/count-look.ts";
import type { Cohort, CohortCounts, Distribution, MetricObservation, Tally } from "../observation.ts";
import type { Plan } from "../plan/plan.ts";
import type { TimeWindow } from "../ports.ts";
import { sumTallies } from "../sum-tallies.ts";
import type { CountedRead } from "./counter-reads.ts";
import type { Answered } from "./read-all.ts";
import type { Read } from "./read-plan.ts";
import { aggregateValues, conditionHolds } from "./sampled-values.ts";

/** Everything one source told of one metric in one look. */
export interface MetricParts {
  readonly counts: readonly (CountedRead & { readonly counts: ReadCounts | null })[];
  readonly answered: readonly Answered[];
  readonly histories: readonly { readonly read: Read; readonly history: Distribution | null }[];
  readonly window: TimeWindow;
}

/** Puts one metric's reads together. */
export function observeMetric(plan: Plan, index: number, parts: MetricParts): MetricObservation {
  const metric = plan.spec.metrics[index];
  const query = plan.telemetry.queries[index];
  if (metric === undefined || query === undefined) return { kind: "dropped" };
  const series = (cohort: Cohort) =>
    parts.answered.flatMap(({ read, answer }) => (read.cohort === cohort ? answer.series : []));
  switch (query.kind) {
    case "errors":
    case "latency":
    case "ratio":
      if (parts.counts.some(({ read }) => read.role.kind === "allBuckets")) return distributionOf(parts);
      return countsOf(plan, parts);
    case "gauge": {
      const aggregate = metric.kind === "gauge" ? metric.aggregate : "mean";
      return {
        kind: "gauge",
        canary: aggregateValues(series("canary"), parts.window, aggregate),
        baseline: aggregateValues(series("baseline"), parts.window, aggregate),
      };
    }
    case "condition":
      return {
        kind: "condition",
        holds: conditionHolds(series("canary"), parts.window, query.op, query.threshold),
      };
    default:
      return unreachable(query);
  }
}

function countsOf(plan: Plan, parts: MetricParts): MetricObservation {
  if (parts.counts.some(({ counts }) => counts?.valid === false)) return { kind: "dropped" };
  const canary = cohortCounts(parts, "canary");
  const baseline = plan.spec.baseline === null ? null : cohortCounts(parts, "baseline");
  // A ratio's two counters are read apart, so only here can one be seen to exceed the other.
  if (!isPossible(canary) || (baseline !== null && !isPossible(baseline))) return { kind: "dropped" };
  return { kind: "counts", strata: [{ canary, baseline }] };
}

function cohortCounts(parts: MetricParts, cohort: Cohort): CohortCounts {
  const part = (name: "main" | "bad") =>
    parts.counts.find(
      ({ read }) => read.cohort === cohort && read.role.kind === "counter" && read.role.part === name,
    )?.counts ?? null;
  const main = part("main") ?? nothingRead;
  const bad = part("bad");
  if (bad === null) {
    return {
      settled: main.settled,
      warming: main.warming,
      sampled: main.sampled,
      pods: main.pods.map(({ pod }) => pod),
      podsWithBad: main.podsWithBad,
    };
  }
  return {
    settled: { total: main.settled.total, bad: [bad.settled.total] },
    warming: { total: main.warming.total, bad: [bad.warming.total] },
    sampled: main.sampled,
    pods: main.pods.map(({ pod }) => pod),
    podsWithBad: bad.pods.filter(({ total }) => total > 0).map(({ pod }) => pod),
  };
}

const noEvents: Tally = { total: 0, bad: [] };
const nothingRead = {
  settled: noEvents,
  warming: noEvents,
  sampled: false,
  pods: [],
  podsWithBad: [],
} as const;

function isPossible({ settled, warming }: CohortCounts): boolean {
  return [settled, warming].every(({ total, bad }) => bad.every((count) => count <= total));
}

/** A histogram whose boundaries are not chosen yet: the baseline's past, or this look's counts at every boundary. */
function distributionOf(parts: MetricParts): MetricObservation {
  const form = parts.answered.some(({ read, answer }) => isForm(read, "classic") && answer.series.length > 0)
    ? "classic"
    : "native";
  const history = parts.histories.find(({ read }) => isForm(read, form))?.history ?? null;
  if (history !== null) return { kind: "distribution", distribution: history };
  const reads = parts.counts.filter(({ read }) => isForm(read, form));
  const bounds = reads[0]?.bounds ?? [];
  const counts = reads.find(({ read }) => read.cohort === "baseline")?.counts ?? null;
  const zero: Tally = { total: 0, bad: bounds.map(() => 0) };
  const baseline = counts === null || !counts.valid ? zero : sumTallies(counts.settled, counts.warming);
  return { kind: "distribution", distribution: { form, bounds, baseline } };
}

function isForm({ role }: Read, form: "classic" | "native"): boolean {
  return role.kind === "allBuckets" && role.form === form;
}
