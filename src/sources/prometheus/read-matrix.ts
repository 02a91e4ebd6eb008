/** Reads the raw samples of a range selector. */
import type { NativeHistogram, Series, TimeWindow } from "../../analysis/ports.ts";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { FailedTry } from "./failed-try.ts";
import { parseGoFloat } from "./go-float.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import type { SampleList } from "./lift-samples.ts";
import { unionSamples } from "./union-samples.ts";

/** What one answer may hold at most. */
export interface MatrixLimits {
  readonly maxSeries: number;
  readonly maxSamples: number;
  /** Milliseconds since the epoch, and how many of them a sample may be stamped later: the clocks may differ by so much. */
  readonly now: number;
  readonly maxAheadMs: number;
}

const defaultLimits: MatrixLimits = {
  maxSeries: 50_000,
  maxSamples: 5_000_000,
  now: Number.POSITIVE_INFINITY,
  maxAheadMs: 0,
};

/**
 * The series of a matrix, with the samples after the window's start up to and
 * including its end: Prometheus 3 leaves the start out itself, older servers
 * include it. Samples come out in rising order without repeats, series without
 * any are left out. Where a series' `values` are a number, they are that entry
 * of `lists`.
 *
 * Checked by hand: a schema library costs more than the whole look may take.
 *
 * @throws FailedTry if it is not a matrix or holds a sample of a
 *   time to come, CoalmineError query-rejected if it is over a limit.
 */
export function readMatrix(
  result: unknown,
  lists: readonly SampleList[],
  window: TimeWindow,
  changed: Partial<MatrixLimits> = {},
): readonly Series[] {
  const limits = { ...defaultLimits, ...changed };
  if (!Array.isArray(result)) throw malformed("a result that is no list");
  if (result.length > limits.maxSeries) throw tooMany("series", result.length, limits.maxSeries);
  const read: Series[] = [];
  let samples = 0;
  for (const entry of result) {
    if (!isJsonObject(entry)) throw malformed("a series that is no object");
    const labels = readLabels(entry["metric"]);
    const floats = readFloats(entry, lists);
    const histograms = listOf(entry, "histograms").map(readHistogramSample);
    samples += floats.times.length + histograms.length;
    if (samples > limits.maxSamples) throw tooMany("samples", samples, limits.maxSamples);
    for (const time of floats.times) requirePast(time, limits);
    for (const { time } of histograms) requirePast(time, limits);
    const series = cutToWindow(labels, floats, histograms, window);
    if (series !== null) read.push(series);
  }
  return read;
}

type HistogramSample = NonNullable<Series["histograms"]>[number];

function cutToWindow(
  labels: Series["labels"],
  floats: SampleList,
  histogramSamples: readonly HistogramSample[],
  { from, to }: TimeWindow,
): Series | null {
  const times: number[] = [];
  const values: number[] = [];
  for (const [index, time] of floats.times.entries()) {
    if (time <= from || time > to) continue;
    times.push(time);
    values.push(floats.values[index] ?? Number.NaN);
  }
  const histograms = histogramSamples.filter(({ time }) => time > from && time <= to);
  if (times.length + histograms.length === 0) return null;
  const series = histograms.length === 0 ? { labels, times, values } : { labels, times, values, histograms };
  const isOrdered = isRising(times) && isRising(histograms.map(({ time }) => time));
  return isOrdered ? series : unionSamples(labels, [series]);
}

function requirePast(time: number, { now, maxAheadMs }: MatrixLimits): void {
  if (time <= now + maxAheadMs) return;
  const ahead = formatDuration(Math.round((time - now) / 1_000) * 1_000);
  throw new FailedTry(
    `it answered samples stamped ${ahead} ahead of this machine's clock, over the limit of ${formatDuration(maxAheadMs)} (maxClockSkewMs): its clock is ahead, or its times are not in seconds`,
  );
}

function isRising(times: readonly number[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time <= last) return false;
    last = time;
  }
  return true;
}

function readFloats(entry: JsonObject, lists: readonly SampleList[]): SampleList {
  const index = entry["values"];
  if (typeof index === "number") {
    const list = lists[index];
    if (list === undefined) throw malformed("values that are no list");
    return list;
  }
  const times: number[] = [];
  const values: number[] = [];
  for (const sample of listOf(entry, "values")) {
    if (!Array.isArray(sample)) throw malformed("a sample that is no pair");
    times.push(readTime(sample[0]));
    values.push(readNumber(sample[1]));
  }
  return { times, values };
}

function readHistogramSample(sample: unknown): HistogramSample {
  if (!Array.isArray(sample)) throw malformed("a sample that is no pair");
  return { time: readTime(sample[0]), histogram: readHistogram(sample[1]) };
}

/** The parsed object itself: a copy by assignment would lose a label named `__proto__`. */
function readLabels(metric: unknown): Series["labels"] {
  if (!isLabels(metric)) throw malformed("labels that are not all text");
  return metric;
}

function isLabels(metric: unknown): metric is Series["labels"] {
  return isJsonObject(metric) && Object.values(metric).every((value) => typeof value === "string");
}

function listOf(entry: JsonObject, key: string): readonly unknown[] {
  const list = entry[key] ?? [];
  if (!Array.isArray(list)) throw malformed(`${key} that are no list`);
  return list;
}

/** Seconds with a fraction, as milliseconds. */
function readTime(seconds: unknown): number {
  const time = typeof seconds === "number" ? Math.round(seconds * 1_000) : Number.NaN;
  if (!Number.isSafeInteger(time)) throw malformed("a time that is no number of seconds");
  return time;
}

function readHistogram(value: unknown): NativeHistogram {
  if (!isJsonObject(value)) throw malformed("a histogram that is no object");
  return {
    count: readNumber(value["count"]),
    sum: readNumber(value["sum"]),
    buckets: listOf(value, "buckets").map(readBucket),
  };
}

/**
 * The rule says which ends are included; the port has (lower, upper] for all,
 * which differs on the boundary itself for negative observations and zero only.
 */
function readBucket(bucket: unknown): NativeHistogram["buckets"][number] {
  if (!Array.isArray(bucket) || bucket.length !== 4) throw malformed("a bucket that is no list of four");
  const [rule, lower, upper, count] = bucket;
  if (rule !== 0 && rule !== 1 && rule !== 2 && rule !== 3) throw malformed("a bucket of no known rule");
  return { lower: readNumber(lower), upper: readNumber(upper), count: readNumber(count) };
}

function readNumber(text: unknown): number {
  const value = typeof text === "string" ? parseGoFloat(text) : null;
  if (value === null) throw malformed("a value that is no number in text");
  return value;
}

function malformed(what: string): FailedTry {
  return new FailedTry(`it answered ${what}`);
}

function tooMany(what: string, met: number, limit: number): CoalmineError {
  return new CoalmineError(
    "query-rejected",
    `the answer holds ${met} ${what}, over the limit of ${limit}: narrow the selector or the window`,
  );
}
