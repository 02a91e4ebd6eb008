import type { SampleSource, Series, SourceAnswer, TimeWindow } from "../ports.ts";
import { renderSelector } from "../selector.ts";

/** How much of the past is read at once. */
const chunkMs = 600_000;

/**
 * A source over a past window that reads ten minutes at a time and answers each
 * look from them, cut to the look's own window: a replay of an hour asks a
 * dozen times instead of a thousand.
 */
export function readAhead(source: SampleSource, end: number): SampleSource {
  const chunks = new Map<string, { readonly window: TimeWindow; readonly answer: SourceAnswer }>();
  return {
    name: source.name,
    async read(selector, window, signal) {
      const key = renderSelector(selector);
      let chunk = chunks.get(key);
      if (chunk === undefined || window.from < chunk.window.from || window.to > chunk.window.to) {
        const wide = { from: window.from, to: Math.max(window.to, Math.min(window.to + chunkMs, end)) };
        chunk = { window: wide, answer: await source.read(selector, wide, signal) };
        chunks.set(key, chunk);
      }
      return cutAnswer(chunk.answer, window);
    },
  };
}

function cutAnswer({ series, warnings }: SourceAnswer, window: TimeWindow): SourceAnswer {
  return { series: series.flatMap((one) => cutSeries(one, window) ?? []), warnings };
}

/** The series' samples in the window; null when it has none there. */
function cutSeries(series: Series, { from, to }: TimeWindow): Series | null {
  const start = countUntil(series.times, from);
  const end = countUntil(series.times, to);
  const histograms = series.histograms?.filter(({ time }) => time > from && time <= to) ?? [];
  if (start === end && histograms.length === 0) return null;
  return {
    labels: series.labels,
    times: series.times.slice(start, end),
    values: series.values.slice(start, end),
    ...(histograms.length === 0 ? {} : { histograms }),
  };
}

/** How many of the rising `times` are at or before `limit`. */
function countUntil(times: readonly number[], limit: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
