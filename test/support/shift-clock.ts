/** Questions and answers of Prometheus' HTTP API as those of one whose clock is off. */
import * as z from "zod";

const sample = z.tuple([z.number(), z.unknown()]);
const series = z.looseObject({
  value: sample.optional(),
  values: z.array(sample).optional(),
  histograms: z.array(sample).optional(),
});
const answer = z.looseObject({
  data: z.looseObject({ result: z.array(series) }).optional(),
});

/** The parameters of a query with its times moved by `ms`. */
export function shiftParams(params: URLSearchParams, ms: number): URLSearchParams {
  const shifted = new URLSearchParams(params);
  for (const name of ["time", "start", "end"]) {
    const time = shifted.get(name);
    if (time !== null) shifted.set(name, String(shiftSeconds(Number(time), ms)));
  }
  return shifted;
}

/** The answer without what is after `latest`, in milliseconds since the epoch, and with the time of each sample moved by `ms`. */
export function shiftAnswer(json: string, ms: number, latest = Number.POSITIVE_INFINITY): string {
  const { data, ...rest } = answer.parse(JSON.parse(json));
  if (data === undefined) return json;
  const shift = (samples: readonly [number, unknown][]) =>
    samples
      .filter(([time]) => time * 1_000 <= latest)
      .map(([time, value]) => [shiftSeconds(time, ms), value]);
  const result = data.result.map(({ value, values, histograms, ...labels }) => ({
    ...labels,
    ...(value && { value: shift([value])[0] }),
    ...(values && { values: shift(values) }),
    ...(histograms && { histograms: shift(histograms) }),
  }));
  return JSON.stringify({ ...rest, data: { ...data, result } });
}

/** Seconds as Prometheus writes them: no more than three decimals. */
function shiftSeconds(seconds: number, ms: number): number {
  return Math.round(seconds * 1_000 + ms) / 1_000;
}
