/** Answers in the format of Prometheus' HTTP API: times in seconds, values as text. */
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import { inOneLine } from "../../base/format.ts";
import type { MetricSeries } from "./metric-series.ts";

type Point = readonly [seconds: number, value: string];

/** What stands under `data`. */
export type PrometheusData =
  | { readonly resultType: "scalar"; readonly result: Point }
  | {
      readonly resultType: "vector";
      readonly result: readonly { readonly metric: Labels; readonly value: Point }[];
    }
  | {
      readonly resultType: "matrix";
      readonly result: readonly { readonly metric: Labels; readonly values: readonly Point[] }[];
    };

type Labels = Readonly<Record<string, string>>;

/** How many reasons an answer tells at most. */
const mostWarnings = 20;

/** A sample at a time in milliseconds; the value as Prometheus writes it. */
export function pointAt(time: number, value: number): Point {
  return [time / 1_000, formatValue(value)];
}

/** The series with their values at one time. */
export function vectorOf(series: readonly MetricSeries[], time: number): PrometheusData {
  return {
    resultType: "vector",
    result: series.map(({ labels, value }) => ({ metric: labels, value: pointAt(time, value) })),
  };
}

/** The whole answer. Argo Rollouts keeps its warnings with the measurement, so the reasons stand there. */
export function successOf(data: PrometheusData, warnings: readonly string[] = []) {
  return { status: "success", data, ...(warnings.length === 0 ? {} : { warnings }) };
}

/** Why each analysis stands as it does, a line each: `<code>: <text>`. */
export function reasonsOf(records: readonly AnalysisRecord[]): readonly string[] {
  const told = records.slice(0, mostWarnings).map(({ result: { id, reason } }) => {
    const line = `${reason.code}: ${inOneLine(reason.text)}`;
    return records.length === 1 ? line : `${line} (analysis ${id})`;
  });
  const left = records.length - told.length;
  return left === 0 ? told : [...told, `and the reasons of ${left} more`];
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}
