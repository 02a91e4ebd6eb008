// The latency scenarios: a log-normal body with a Pareto tail, as Istio's buckets see it.
import { binomial, poisson } from "./random.ts";
import { boundariesMs, slowerShare } from "./rollouts/latency-buckets.ts";
import type { Course } from "./simulate-rollouts.ts";

export interface LatencyScenario {
  readonly name: string;
  /** Requests a minute, both cohorts, and the canary's share. */
  readonly perMinute: number;
  readonly share: number;
  /** How many times slower the canary is. */
  readonly scale: (minute: number) => number;
  /** First minute of the regression; null: there is none. */
  readonly onset: number | null;
  /** What the reference implementation measured with its warm-up: aborts in percent, median minute. */
  readonly reference: string;
}

const always = (factor: number) => () => factor;
const busy = { perMinute: 1_000, share: 0.05 };
const quiet = { perMinute: 60, share: 0.1 };

export const latencyScenarios: readonly LatencyScenario[] = [
  { ...busy, name: "A/A 1000 rpm 5 %", scale: always(1), onset: null, reference: "0.0" },
  { ...busy, name: "A/A 10000 rpm 5 %", perMinute: 10_000, scale: always(1), onset: null, reference: "0.0" },
  { ...quiet, name: "A/A low traffic 60 rpm 10 %", scale: always(1), onset: null, reference: "–" },
  {
    ...busy,
    name: "A/A cold start ×3 for 3 min",
    scale: (minute) => (minute < 3 ? 3 : 1),
    onset: null,
    reference: "0.0",
  },
  { ...busy, name: "×1.2 slower", scale: always(1.2), onset: 0, reference: "50.8 / 41" },
  { ...busy, name: "×1.5 slower", scale: always(1.5), onset: 0, reference: "100.0 / 9" },
  { ...busy, name: "×2 slower", scale: always(2), onset: 0, reference: "100.0 / 6" },
  { ...busy, name: "×4 slower", scale: always(4), onset: 0, reference: "100.0 / 5" },
  {
    ...busy,
    name: "×1.2 slower 10000 rpm",
    perMinute: 10_000,
    scale: always(1.2),
    onset: 0,
    reference: "100.0 / 14",
  },
  { ...quiet, name: "×2 slower at low traffic 60 rpm 10 %", scale: always(2), onset: 0, reference: "–" },
  { ...quiet, name: "×4 slower at low traffic 60 rpm 10 %", scale: always(4), onset: 0, reference: "–" },
];

const bounds = boundariesMs("istio-version");
const historyMinutes = 60;

/** One rollout of a scenario; its boundaries come from an hour of the baseline's past. */
export function latencyCourse({ perMinute, share, scale }: LatencyScenario, random: () => number): Course {
  const past = poisson(random, historyMinutes * perMinute);
  return {
    history: { form: "classic", bounds, baseline: { total: past, bad: drawSlower(random, past, 1, bounds) } },
    draw: (minute, part, { metrics: [metric] }) => {
      const boundaries = metric?.kind === "counts" ? (metric.layout?.boundaries ?? []) : [];
      const tally = (requests: number, factor: number) => {
        const total = poisson(random, perMinute * part * requests);
        return { total, bad: drawSlower(random, total, factor, boundaries) };
      };
      return { canary: tally(share, scale(minute)), baseline: tally(1 - share, 1) };
    },
  };
}

/** How many of the requests are slower than each boundary. */
function drawSlower(
  random: () => number,
  total: number,
  factor: number,
  boundaries: readonly number[],
): number[] {
  const latency = { medianMs: 40 * factor, tailShare: 0.008, tailFromMs: 150 * factor };
  let slower = total;
  let share = 1;
  return boundaries.map((boundary) => {
    const next = slowerShare(latency, boundary);
    slower = share <= 0 ? 0 : binomial(random, slower, Math.min(1, next / share));
    share = next;
    return slower;
  });
}
