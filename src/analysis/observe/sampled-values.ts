import { leastSilenceMs } from "../least-silence.ts";
import type { Series, TimeWindow } from "../ports.ts";
import type { GaugeMetric } from "../spec/model.ts";
import type { MetricQuery } from "../telemetry.ts";

type ConditionOperator = Extract<MetricQuery, { kind: "condition" }>["op"];

/** The last values in the window, aggregated over the series; null when none has a finite one. */
export function aggregateValues(
  series: readonly Series[],
  window: TimeWindow,
  how: GaugeMetric["aggregate"],
): number | null {
  return aggregate(lastValues(series, window), how);
}

/** One number of many; null of none. */
export function aggregate(values: readonly number[], how: GaugeMetric["aggregate"]): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return { mean: sum / values.length, max: Math.max(...values), min: Math.min(...values), sum }[how];
}

/** Whether any series' last value in the window meets the condition; null when there is no sample to tell by. */
export function conditionHolds(
  series: readonly Series[],
  window: TimeWindow,
  op: ConditionOperator,
  threshold: number,
): boolean | null {
  const values = lastValues(series, window);
  return values.length === 0 ? null : values.some((value) => comparisons[op](value, threshold));
}

const comparisons: Record<ConditionOperator, (a: number, b: number) => boolean> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};

/** One that is old at the window's end says nothing of it: the window may be that of a source that was away. */
function lastValues(series: readonly Series[], { from, to }: TimeWindow): number[] {
  const after = Math.max(from, to - leastSilenceMs);
  return series.flatMap(({ times, values }) => {
    const last = times.findLastIndex((time) => time > after && time <= to);
    const value = values[last];
    return value !== undefined && Number.isFinite(value) ? [value] : [];
  });
}
