/** The values of series over time, from the looks that an analysis kept. */
import type { LookRecord } from "../../analysis/analysis-record.ts";
import { CoalmineError } from "../../base/errors.ts";
import { type MetricName, type MetricSeries, verdictValue } from "./metric-series.ts";
import { type PrometheusData, pointAt } from "./write-answer.ts";

/** As many as Prometheus gives for one series. */
const mostSteps = 11_000;

/** Points of a whole answer, which is then some megabytes. */
const mostPoints = 200_000;

/**
 * The times of a range query in milliseconds: every `stepMs` from `start` to `end`.
 *
 * @throws CoalmineError invalid-request if it ends before it starts or has more than 11,000 steps.
 */
export function timeGrid(start: number, end: number, stepMs: number): readonly number[] {
  if (end < start) throw new CoalmineError("invalid-request", "the parameter end is before start");
  const steps = Math.floor((end - start) / stepMs);
  if (steps > mostSteps) {
    throw new CoalmineError(
      "invalid-request",
      `${steps} steps are over the limit of ${mostSteps}; take a longer step`,
    );
  }
  return Array.from({ length: steps + 1 }, (_, index) => start + index * stepMs);
}

/** @throws CoalmineError query-rejected if so many series at so many times are more than 200,000 points. */
export function requirePoints(series: number, times: number): void {
  if (series * times <= mostPoints) return;
  throw new CoalmineError(
    "query-rejected",
    `${series} series at ${times} times are over the limit of ${mostPoints} points; select fewer, or take a longer step`,
  );
}

/** What is drawn over time. */
export interface PastSeries {
  readonly name: MetricName;
  readonly series: readonly MetricSeries[];
  /** The looks of their analyses, by id; those of a verdict are not needed. */
  readonly paths: ReadonlyMap<string, readonly LookRecord[]>;
  /** Milliseconds, rising. */
  readonly times: readonly number[];
  readonly now: number;
}

/**
 * Each series where the grid meets it: from its analysis' first look (a verdict
 * from its start) to now.
 */
export function matrixOf({ name, series, paths, times, now }: PastSeries): PrometheusData {
  const past = times.filter((time) => time <= now);
  const result = series.flatMap((one) => {
    const changes = changesOf(name, one, paths.get(one.record.id) ?? []);
    let next = 0;
    const values = past.flatMap((time) => {
      while ((changes[next]?.time ?? Number.POSITIVE_INFINITY) <= time) next++;
      const value = changes[next - 1]?.value ?? null;
      return value === null ? [] : [pointAt(time, value)];
    });
    return values.length === 0 ? [] : [{ metric: one.labels, values }];
  });
  return { resultType: "matrix", result };
}

interface Change {
  readonly time: number;
  /** Holds until the next change; null where there is none. */
  readonly value: number | null;
}

function changesOf(
  name: MetricName,
  { record, labels, value }: MetricSeries,
  path: readonly LookRecord[],
): readonly Change[] {
  const { startedAt, decidedAt } = record.result;
  const decided = decidedAt === null ? [] : [{ time: Date.parse(decidedAt), value }];
  if (name === "coalmine_verdict") {
    return [{ time: Date.parse(startedAt), value: verdictValue(null) }, ...decided];
  }
  const looks = looksOf(path, name === "coalmine_score" ? null : (labels["metric"] ?? ""));
  const [last] = decided;
  return last === undefined ? looks : [...looks.filter(({ time }) => time < last.time), last];
}

/** The score at each look, or the evidence of one metric. */
function looksOf(path: readonly LookRecord[], metric: string | null): readonly Change[] {
  return path.map(({ at, score, evidence }) => ({
    time: Date.parse(at),
    value: metric === null ? score : (evidence.find((one) => one.metric === metric)?.fail ?? null),
  }));
}
