import type { Latency, Style } from "./truth.ts";

/** Istio's default boundaries, in milliseconds. */
const istioMs = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
];
/** The Prometheus client libraries' default boundaries, in milliseconds. */
const clientMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** The boundaries of a style's histogram, in milliseconds, without the last one, +Inf. */
export function boundariesMs(style: Style): readonly number[] {
  return style === "http" ? clientMs : istioMs;
}

/** The share of requests slower than `ms`. */
export function slowerShare({ medianMs, tailShare, tailFromMs }: Latency, ms: number): number {
  const body = upperNormal(Math.log(ms / medianMs) / 0.7);
  const tail = ms <= tailFromMs ? 1 : (ms / tailFromMs) ** -1.3;
  return (1 - tailShare) * body + tailShare * tail;
}

/** P(Z > z), to 1e-7 (Abramowitz and Stegun 26.2.17): enough to draw from. */
function upperNormal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? upper : 1 - upper;
}
