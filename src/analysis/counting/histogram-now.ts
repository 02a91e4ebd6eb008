// Cumulative histograms as they stand at their newest sample, without counting.
import type { NativeHistogram, SourceAnswer } from "../ports.ts";
import { histogramKey, parseLe } from "./le.ts";

/** Newest cumulative value by `le`, infinity included, of each classic histogram. */
export function classicHistograms(answer: SourceAnswer): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const histograms = new Map<string, Map<number, number>>();
  for (const series of answer.series) {
    const le = parseLe(series);
    const value = series.values.at(-1);
    if (Number.isNaN(le) || value === undefined) continue;
    const key = histogramKey(series.labels);
    const histogram = histograms.get(key) ?? new Map<number, number>();
    histograms.set(key, histogram.set(le, value));
  }
  return histograms;
}

/** Newest sample of each native histogram. */
export function nativeHistograms(answer: SourceAnswer): ReadonlyMap<string, NativeHistogram> {
  const histograms = new Map<string, NativeHistogram>();
  for (const series of answer.series) {
    const newest = series.histograms?.at(-1);
    if (newest !== undefined) histograms.set(histogramKey(series.labels), newest.histogram);
  }
  return histograms;
}
