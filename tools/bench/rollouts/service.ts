// A service with two cohorts, from which each family makes its own kind of trouble.
import { normal } from "../random.ts";
import {
  type CohortName,
  historyMinutes,
  type Latency,
  type PodTruth,
  type Rollout,
  type Style,
} from "./truth.ts";

/** What both cohorts of a healthy rollout have in common. */
export interface Service {
  readonly style: Style;
  readonly minutes: number;
  /** Requests a minute of both cohorts, and the canary's share of them. */
  readonly traffic: (minute: number) => number;
  readonly share: (minute: number) => number;
  readonly errorRate: (minute: number) => number;
  readonly latency: (minute: number) => Latency;
  /** Standard deviation of the logarithm of a pod's own error rate. */
  readonly podSpread: number;
  /** Minute at which each pod appears. */
  readonly canaryFrom: readonly number[];
  readonly baselinePods: number;
}

/** How a pod differs from the service; a field left out is as the service is. */
export interface PodChange {
  readonly errorRate?: (rate: number, minute: number) => number;
  readonly latency?: (latency: Latency, minute: number) => Latency;
  readonly traffic?: (requests: number, minute: number) => number;
  readonly to?: number;
}

export type Change = (pod: { readonly cohort: CohortName; readonly index: number }) => PodChange;

/** A service as most are: drawn from the seed, with nothing the matter. */
export function drawService(random: () => number, style: Style): Service {
  const perMinute = between(random, 1_000, 6_000);
  const share = pick(random, [0.05, 0.1, 0.2, 0.5]);
  const errorRate = between(random, 0.001, 0.008);
  const medianMs = between(random, 15, 80);
  const latency = { medianMs, tailShare: 0.008, tailFromMs: 4 * medianMs };
  return {
    style,
    minutes: pick(random, [30, 40, 50, 60]),
    traffic: () => perMinute,
    share: () => share,
    errorRate: () => errorRate,
    latency: () => latency,
    podSpread: 0.05,
    canaryFrom: share > 0.15 ? [0, 0] : [0],
    baselinePods: pick(random, [2, 3]),
  };
}

/** The rollout that a service goes through; good, and expected to pass, unless told otherwise. */
export function rolloutOf(
  service: Service,
  random: () => number,
  change: Change = () => ({}),
): Omit<Rollout, "family"> {
  const pods = (cohort: CohortName, from: readonly number[]) =>
    from.map((born, index) => podOf(service, random, change({ cohort, index }), { cohort, from, born }));
  return {
    style: service.style,
    expected: "pass",
    minutes: service.minutes,
    onset: 0,
    alsoRight: [],
    canary: pods("canary", service.canaryFrom),
    baseline: pods("baseline", new Array<number>(service.baselinePods).fill(-historyMinutes)),
    grpc: false,
    attempts: 1,
    scrapes: { restarts: [], lost: 0, gap: null, gatewayEnds: null },
  };
}

function podOf(
  service: Service,
  random: () => number,
  change: PodChange,
  place: { readonly cohort: CohortName; readonly from: readonly number[]; readonly born: number },
): PodTruth {
  const factor = Math.exp(service.podSpread * normal(random));
  const share = (minute: number) => {
    const canary = minute < 0 ? 0 : service.share(minute);
    return place.cohort === "canary" ? canary : 1 - canary;
  };
  const traffic = (minute: number) =>
    (service.traffic(minute) * share(minute)) /
    Math.max(1, place.from.filter((born) => born <= minute).length);
  const errorRate = (minute: number) => service.errorRate(minute) * factor;
  return {
    from: place.born,
    to: change.to ?? service.minutes,
    traffic: (minute) => change.traffic?.(traffic(minute), minute) ?? traffic(minute),
    errorRate: (minute) => Math.min(1, change.errorRate?.(errorRate(minute), minute) ?? errorRate(minute)),
    latency: (minute) => change.latency?.(service.latency(minute), minute) ?? service.latency(minute),
  };
}

/** Drawn evenly on the logarithmic scale. */
export function between(random: () => number, low: number, high: number): number {
  return low * (high / low) ** random();
}

export function pick<T>(random: () => number, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new TypeError("nothing to pick from");
  return one;
}

/** Every latency so many times longer. */
export function scaled({ medianMs, tailShare, tailFromMs }: Latency, factor: number): Latency {
  return { medianMs: medianMs * factor, tailShare, tailFromMs: tailFromMs * factor };
}
