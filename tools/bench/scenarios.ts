import { binomial, gamma, normal, poisson } from "./random.ts";

/**
 * The scenarios of whole rollouts that the engine's false alarms and power are
 * measured on: an hour of one-minute ticks, Poisson arrivals, errors thinned
 * from them.
 */
export interface Scenario {
  readonly name: string;
  /** Requests a minute, both cohorts, and the canary's share at a minute. */
  readonly perMinute: number;
  readonly share: (minute: number) => number;
  /** The baseline's rate of bad events and the canary's, for one rollout. */
  readonly rates: (
    random: () => number,
  ) => (minute: number) => { readonly baseline: number; readonly canary: number };
  /** Mean size of batches (geometric) that errors come in. */
  readonly batch?: number;
  /** First minute of the regression; null: there is none, so every fail is a false alarm. */
  readonly onset: number | null;
  /** What the reference implementation measured: aborts in percent, median minute. */
  readonly reference: string;
}

const base = 0.005;
const five = () => 0.05;
const steady = (baseline: number, canary: number) => () => () => ({ baseline, canary });

/** A shared error rate that drifts over the hour, is noisy, and bursts twentyfold for three minutes now and then. */
function sharedTrouble(random: () => number, factor: number) {
  const phase = random() * 2 * Math.PI;
  let burstUntil = -1;
  return (minute: number) => {
    if (minute > burstUntil && random() < 0.03) burstUntil = minute + 2;
    const drift = 1 + 0.5 * Math.sin((2 * Math.PI * minute) / 60 + phase);
    const noise = gamma(random, 10) / 10;
    const rate = Math.min(0.5, base * drift * noise * (minute <= burstUntil ? 20 : 1));
    return { baseline: rate, canary: Math.min(0.9, rate * factor) };
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: "A/A stationary 1000 rpm 5 %",
    perMinute: 1000,
    share: five,
    rates: steady(base, base),
    onset: null,
    reference: "0.0",
  },
  {
    name: "A/A stationary 10000 rpm 5 %",
    perMinute: 10_000,
    share: five,
    rates: steady(base, base),
    onset: null,
    reference: "0.1",
  },
  {
    name: "A/A low traffic 60 rpm 10 %",
    perMinute: 60,
    share: () => 0.1,
    rates: steady(base, base),
    onset: null,
    reference: "0.5",
  },
  {
    name: "A/A drift, shared noise and bursts",
    perMinute: 1000,
    share: five,
    rates: (random) => sharedTrouble(random, 1),
    onset: null,
    reference: "0.1",
  },
  {
    name: "A/A weight steps 5-10-25-50, drift",
    perMinute: 1000,
    share: (minute) => [0.05, 0.1, 0.25, 0.5][Math.min(3, Math.floor(minute / 15))] ?? 0.5,
    rates: () => (minute) => ({ baseline: base * (1 + minute / 60), canary: base * (1 + minute / 60) }),
    onset: null,
    reference: "0.2",
  },
  {
    name: "A/A batches of errors (mean 5)",
    perMinute: 1000,
    share: five,
    rates: steady(base, base),
    batch: 5,
    onset: null,
    reference: "1.8",
  },
  {
    name: "A/A pod effects, sd 0.3",
    perMinute: 5000,
    share: five,
    rates: (random) => {
      const canary = base * Math.exp(0.3 * normal(random));
      const pods = Array.from({ length: 19 }, () => base * Math.exp(0.3 * normal(random)));
      const baseline = pods.reduce((sum, rate) => sum + rate, 0) / pods.length;
      return () => ({ baseline, canary });
    },
    onset: null,
    reference: "4.2",
  },
  {
    name: "A/A cold start ×5 for 3 min",
    perMinute: 1000,
    share: five,
    rates: () => (minute) => ({ baseline: base, canary: minute < 3 ? 5 * base : base }),
    onset: null,
    reference: "0.0",
  },
  {
    name: "×2 from the start",
    perMinute: 1000,
    share: five,
    rates: steady(base, 2 * base),
    onset: 0,
    reference: "30.1 / 38",
  },
  {
    name: "×3 from the start",
    perMinute: 1000,
    share: five,
    rates: steady(base, 3 * base),
    onset: 0,
    reference: "94.0 / 25",
  },
  {
    name: "×10 from the start",
    perMinute: 1000,
    share: five,
    rates: steady(base, 10 * base),
    onset: 0,
    reference: "100.0 / 6",
  },
  {
    name: "0.1 % → 1 % from the start",
    perMinute: 1000,
    share: five,
    rates: steady(0.001, 0.01),
    onset: 0,
    reference: "100.0 / 13",
  },
  {
    name: "×5 at minute 30",
    perMinute: 1000,
    share: five,
    rates: () => (minute) => ({ baseline: base, canary: minute < 30 ? base : 5 * base }),
    onset: 30,
    reference: "99.2 / 12",
  },
  {
    name: "ramp to ×10 over 30 min",
    perMinute: 1000,
    share: five,
    rates: () => (minute) => ({ baseline: base, canary: base * (1 + 9 * Math.min(1, minute / 30)) }),
    onset: 0,
    reference: "100.0 / 16",
  },
  {
    name: "×5, drift and bursts",
    perMinute: 1000,
    share: five,
    rates: (random) => sharedTrouble(random, 5),
    onset: 0,
    reference: "100.0 / 11",
  },
  {
    name: "×10 at low traffic 60 rpm 10 %",
    perMinute: 60,
    share: () => 0.1,
    rates: steady(base, 10 * base),
    onset: 0,
    reference: "99.2 / 19",
  },
  {
    name: "×3, batches of errors",
    perMinute: 1000,
    share: five,
    rates: steady(base, 3 * base),
    batch: 5,
    onset: 0,
    reference: "41.6 / 35",
  },
];

/** One cohort's counts in a part of a minute. */
export function drawCounts(random: () => number, scenario: Scenario, mean: number, rate: number) {
  const total = poisson(random, mean);
  if (scenario.batch === undefined) return { total, bad: binomial(random, total, rate) };
  let bad = 0;
  const batches = poisson(random, (total * rate) / scenario.batch);
  for (let i = 0; i < batches; i++)
    bad += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / scenario.batch));
  return { total, bad: Math.min(total, bad) };
}
