/** Makes one series of several that tell the same story. */
import type { Series } from "../../analysis/ports.ts";

/**
 * All samples of some series, in rising order of time. Of samples at one time
 * the larger value stays (a counter's replica that lags is behind, never ahead)
 * and a number stays over NaN; of histograms, the one with the larger count.
 */
export function unionSamples(labels: Series["labels"], parts: readonly Series[]): Series {
  const floats = parts.flatMap(({ times, values }) =>
    times.map((time, index) => ({ time, size: values[index] ?? Number.NaN })),
  );
  const histograms = parts.flatMap((part) =>
    (part.histograms ?? []).map((sample) => ({ ...sample, size: sample.histogram.count })),
  );
  const kept = largestOfEachTime(floats);
  const union = { labels, times: kept.map(({ time }) => time), values: kept.map(({ size }) => size) };
  if (histograms.length === 0) return union;
  return {
    ...union,
    histograms: largestOfEachTime(histograms).map(({ time, histogram }) => ({ time, histogram })),
  };
}

interface Sized {
  readonly time: number;
  readonly size: number;
}

function largestOfEachTime<T extends Sized>(samples: readonly T[]): readonly T[] {
  const kept: T[] = [];
  for (const sample of samples.toSorted((a, b) => a.time - b.time)) {
    const last = kept.at(-1);
    if (last === undefined || last.time !== sample.time) kept.push(sample);
    else if (sample.size > last.size || Number.isNaN(last.size)) kept[kept.length - 1] = sample;
  }
  return kept;
}
