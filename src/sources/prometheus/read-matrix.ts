/** Reads the raw samples of a range selector. */
import type { NativeHistogram, Series, TimeWindow } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import { FailedTry } from "./failed-try.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { unionSamples } from "./union-samples.ts";

/** What one answer may hold at most. */
export interface MatrixLimits {
  readonly maxSeries: number;
  readonly maxSamples: number;
}

const defaultLimits: MatrixLimits = { maxSeries: 50_000, maxSamples: 5_000_000 };

/**
 * The series of a matrix, with the samples after the window's start up to and
 * including its end: Prometheus 3 leaves the start out itself, older servers
 * include it. Samples come out in rising order without repeats, series without
 * any are left out.
 *
 * Checked by hand: a schema library costs more than the whole look may take.
 *
 * @throws FailedTry if it is not a matrix, CoalmineError query-rejected if it is
 *   over a limit.
 */
export function readMatrix(result: unknown, window: TimeWindow, limits = defaultLimits): readonly Series[] {
  if (!Array.isArray(result)) throw malformed("a result that is no list");
  if (result.length > limits.maxSeries) throw tooMany("series", result.length, limits.maxSeries);
  const read: Series[] = [];
  let samples = 0;
  for (const entry of result) {
    if (!isJsonObject(entry)) throw malformed("a series that is no object");
    const values = listOf(entry, "values");
    const histograms = listOf(entry, "histograms");
    samples += values.length + histograms.length;
    if (samples > limits.maxSamples) throw tooMany("samples", samples, limits.maxSamples);
    const series = readSeries(readLabels(entry["metric"]), values, histograms, window);
    if (series !== null) read.push(series);
  }
  return read;
}

function readSeries(
  labels: Series["labels"],
  samples: readonly unknown[],
  histogramSamples: readonly unknown[],
  window: TimeWindow,
): Series | null {
  const times: number[] = [];
  const values: number[] = [];
  const histograms: { readonly time: number; readonly histogram: NativeHistogram }[] = [];
  let isRising = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (!Array.isArray(sample)) throw malformed("a sample that is no pair");
    const time = readTime(sample[0]);
    const value = readNumber(sample[1]);
    if (time <= window.from || time > window.to) continue;
    times.push(time);
    values.push(value);
    isRising &&= time > last;
    last = time;
  }
  last = Number.NEGATIVE_INFINITY;
  for (const sample of histogramSamples) {
    if (!Array.isArray(sample)) throw malformed("a sample that is no pair");
    const time = readTime(sample[0]);
    const histogram = readHistogram(sample[1]);
    if (time <= window.from || time > window.to) continue;
    histograms.push({ time, histogram });
    isRising &&= time > last;
    last = time;
  }
  if (times.length + histograms.length === 0) return null;
  const series = histograms.length === 0 ? { labels, times, values } : { labels, times, values, histograms };
  return isRising ? series : unionSamples(labels, [series]);
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

/** As Go's strconv writes floats, in a string. */
function readNumber(text: unknown): number {
  if (typeof text === "string") {
    const first = text.charCodeAt(0);
    // Number() takes an empty text for 0; a digit, sign or point in front rules that out.
    const value =
      (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2e ? Number(text) : Number.NaN;
    if (!Number.isNaN(value)) return value;
    if (text === "NaN") return value;
    if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
    if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  }
  throw malformed("a value that is no number in text");
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
