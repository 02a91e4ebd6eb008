// Builds series, and looks at them, in the fewest words.
import { type CountLookInput, countLook } from "../../../src/analysis/counting/count-look.ts";
import type { CounterFamily, CounterRead } from "../../../src/analysis/counting/counter-read.ts";
import { emptyPodMemory } from "../../../src/analysis/counting/pod-memory.ts";
import type { PodMemory } from "../../../src/analysis/observation.ts";
import type { NativeHistogram, Series } from "../../../src/analysis/ports.ts";

/** A time of the day on which all tests play, in milliseconds, from seconds. */
export function at(seconds: number): number {
  return 1_700_000_000_000 + seconds * 1_000;
}

/** A float series of pod `a` and good requests unless the labels say otherwise; samples as [second, value]. */
export function series(
  labels: Readonly<Record<string, string>>,
  ...samples: readonly (readonly [number, number])[]
): Series {
  return {
    labels: { __name__: "requests_total", pod: "a", code: "200", ...labels },
    times: samples.map(([second]) => at(second)),
    values: samples.map(([, value]) => value),
  };
}

/** A native histogram series; samples as [second, count, [lower, upper, count]...]. */
export function nativeSeries(
  labels: Readonly<Record<string, string>>,
  ...samples: readonly (readonly [number, number, ...(readonly [number, number, number])[]])[]
): Series {
  return {
    labels: { __name__: "latency", pod: "a", ...labels },
    times: [],
    values: [],
    histograms: samples.map(([second, count, ...buckets]) => ({
      time: at(second),
      histogram: histogram(count, ...buckets),
    })),
  };
}

function histogram(
  count: number,
  ...buckets: readonly (readonly [number, number, number])[]
): NativeHistogram {
  return { count, sum: 0, buckets: buckets.map(([lower, upper, n]) => ({ lower, upper, count: n })) };
}

export const requests: CounterFamily = { kind: "requests", bad: [{ label: "code", pattern: "5.." }] };

/** A read of the canary. */
export function read(allSeries: readonly Series[], family: CounterFamily = requests): CounterRead {
  return { cohort: "canary", answer: { series: allSeries, warnings: [] }, family };
}

/** A warm look at (0 s, 60 s] without warm-up and with nothing remembered, but for what is given. */
export function look(given: Partial<CountLookInput> & Pick<CountLookInput, "reads">) {
  return countLook({
    window: { from: at(0), to: at(60) },
    memory: emptyPodMemory,
    warm: true,
    warmupMs: 0,
    scrapedPod: "server",
    podLabels: ["pod"],
    ...given,
  });
}

/** The look at one read of the canary, settled, as [total, ...bad], with the warnings' codes. */
export function lookAt(
  allSeries: readonly Series[],
  given: Partial<CountLookInput> & { readonly family?: CounterFamily } = {},
) {
  const { family = requests, ...rest } = given;
  const { counts, memory, warnings } = look({ reads: [read(allSeries, family)], ...rest });
  const [only] = counts;
  if (only === undefined) throw new TypeError("one read gives one count");
  const { settled, warming, valid, sampled } = only;
  return {
    settled: [settled.total, ...settled.bad],
    warming: [warming.total, ...warming.bad],
    valid,
    sampled,
    pods: only.pods,
    podsWithBad: only.podsWithBad,
    memory,
    warnings,
    codes: warnings.map(({ code }) => code),
  };
}

/** What is remembered after a first look, up to 0 s, at these series. */
export function remembering(...allSeries: readonly Series[]): PodMemory {
  return look({
    reads: [read(allSeries)],
    window: { from: at(-60), to: at(0) },
    warm: false,
  }).memory;
}
