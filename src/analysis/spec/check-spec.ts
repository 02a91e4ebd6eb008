import { formatDuration } from "../../base/duration.ts";
import type { Problem } from "../../base/errors.ts";
import { telemetryProblems } from "../presets/telemetry-of.ts";
import { leastDurationMs } from "./least-duration.ts";
import type { AnalysisSpec, MetricSpec } from "./model.ts";

/** Something that must hold between several keys of a spec. */
interface Check {
  /** The keys of the file that it looks at: while one of them cannot be read, it says nothing. */
  readonly reads: readonly string[];
  problems(spec: AnalysisSpec): readonly Problem[];
}

const cohortKeys = ["service", "namespace", "telemetry", "cohorts", "metrics"];

const checks: readonly Check[] = [
  { reads: ["metrics"], problems: nameProblems },
  { reads: ["metrics", "telemetry", "cohorts"], problems: questionProblems },
  { reads: ["interval", "tick"], problems: timingProblems },
  { reads: ["metrics", "tick"], problems: blockProblems },
  {
    reads: [
      "metrics",
      "telemetry",
      "cohorts",
      "duration",
      "tick",
      "warmup",
      "budget",
      "evidenceCap",
      "outageChannel",
    ],
    problems: durationProblems,
  },
  { reads: cohortKeys, problems: telemetryProblems },
];

/** What is wrong between the keys of a spec, leaving out whatever looks at one of the `unreadable` keys. */
export function checkSpec(spec: AnalysisSpec, unreadable: ReadonlySet<string>): Problem[] {
  return checks.flatMap(({ reads, problems }) =>
    reads.some((key) => unreadable.has(key)) ? [] : problems(spec),
  );
}

function nameProblems({ metrics }: AnalysisSpec): readonly Problem[] {
  return metrics.flatMap(({ name }, index) => {
    const first = metrics.findIndex((metric) => metric.name === name);
    if (first === index) return [];
    return [
      {
        path: `metrics.${index}.name`,
        message: `\`${name}\` is the name of metrics.${first} too; give it another`,
      },
    ];
  });
}

function questionProblems(spec: AnalysisSpec): readonly Problem[] {
  if (spec.baseline === null && !spec.metrics.some(asksWithoutBaseline)) {
    const message =
      "is missing, and no metric has a limit: there is nothing to judge; name a baseline or give a metric a `limit`";
    return [{ path: "cohorts.baseline", message }];
  }
  if (!spec.metrics.some(({ gate }) => gate)) {
    return [{ path: "metrics", message: "none has `gate: true`: there is nothing to judge" }];
  }
  return spec.metrics.flatMap((metric, index) =>
    metricProblems(metric, `metrics.${index}`, spec.baseline !== null),
  );
}

function asksWithoutBaseline(metric: MetricSpec): boolean {
  if (metric.kind === "condition") return true;
  return metric.kind !== "gauge" && metric.limit !== null;
}

function metricProblems(metric: MetricSpec, path: string, hasBaseline: boolean): Problem[] {
  if (metric.kind === "condition") return [];
  const problems = metric.kind === "latency" ? quantileProblems(metric, path) : [];
  if (hasBaseline) return problems;
  if (metric.kind === "gauge") {
    const message =
      "a gauge is judged against the baseline, and there is none; set `gate: false` to show it only";
    return metric.gate ? [{ path, message }] : [];
  }
  const slower = metric.kind === "latency" && metric.slower !== null;
  if (metric.compare !== null || slower) {
    const key = slower ? "slower" : "compare";
    problems.push({
      path: `${path}.${key}`,
      message: "there is no baseline to compare with; name one under cohorts",
    });
  } else if (metric.limit === null) {
    problems.push({ path, message: "there is nothing to judge without a baseline; give it a `limit`" });
  }
  return problems;
}

function quantileProblems(metric: MetricSpec & { kind: "latency" }, path: string): Problem[] {
  if (metric.quantile !== null) return [];
  return (["limit", "slower"] as const).flatMap((key) => {
    const message = "is about one quantile: add `quantile: 0.99`, or another";
    return metric[key] === null ? [] : [{ path: `${path}.${key}`, message }];
  });
}

function timingProblems({ intervalMs, tickMs }: AnalysisSpec): readonly Problem[] {
  const problems: Problem[] = [];
  if (tickMs < 1_000)
    problems.push({ path: "tick", message: `expected at least 1s, got ${formatDuration(tickMs)}` });
  if (intervalMs < 100) {
    problems.push({
      path: "interval",
      message: `expected at least 100ms, got ${formatDuration(intervalMs)}`,
    });
  }
  if (intervalMs > tickMs) {
    const message = `expected at most the tick of ${formatDuration(tickMs)}, got ${formatDuration(intervalMs)}`;
    problems.push({ path: "interval", message });
  }
  return problems;
}

/** A block of less than a tick would count a burst as many observations. */
function blockProblems({ metrics, tickMs }: AnalysisSpec): readonly Problem[] {
  return metrics.flatMap((metric, index) => {
    if (metric.kind !== "gauge" || metric.blockMs >= tickMs) return [];
    const message = `expected at least the tick of ${formatDuration(tickMs)}, got ${formatDuration(metric.blockMs)}`;
    return [{ path: `metrics.${index}.block`, message }];
  });
}

function durationProblems(spec: AnalysisSpec): readonly Problem[] {
  const least = leastDurationMs(spec);
  if (spec.durationMs >= least) return [];
  const needs = "the warm-up, three ticks, and the evidence that every gating metric needs";
  const message = `${formatDuration(spec.durationMs)} cannot give a verdict; it takes at least ${formatDuration(least)}: ${needs}`;
  return [{ path: "duration", message }];
}
