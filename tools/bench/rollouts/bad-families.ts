// Families 13 to 20: regressions that a judge must stop, and 21 to 23, where no verdict is possible.
import { between, drawService, type PodChange, pick, rolloutOf, type Service, scaled } from "./service.ts";
import { type Family, historyMinutes, type Latency, type Rollout, type Style } from "./truth.ts";

/** A rollout whose canary changes at the onset. */
function regression(
  service: Service,
  random: () => number,
  onset: number,
  changed: (index: number) => PodChange,
): Omit<Rollout, "family"> {
  const rollout = rolloutOf(service, random, ({ cohort, index }) => {
    if (cohort === "baseline") return {};
    const { errorRate, latency } = changed(index);
    return {
      ...(errorRate && { errorRate: (rate, minute) => (minute < onset ? rate : errorRate(rate, minute)) }),
      ...(latency && { latency: (known, minute) => (minute < onset ? known : latency(known, minute)) }),
    };
  });
  return { ...rollout, expected: "fail", onset };
}

/** Half of them from the start, the rest within the first third. */
function earlyOnset(random: () => number, { minutes }: Service): number {
  return random() < 0.5 ? 0 : (random() * minutes) / 3;
}

const errorSteps = [
  { from: 0.001, to: 0.01 },
  { from: 0.001, to: 0.05 },
  { from: 0.004, to: 0.02 },
  { from: 0.01, to: 0.05 },
  { from: 0.05, to: 0.15 },
  { from: 0.004, to: 1 },
  { from: 0.005, to: 0.012 },
  { from: 0.01, to: 0.1 },
] as const;

const errorStep: Family = (random, style, variant) => {
  const step = errorSteps[variant % errorSteps.length] ?? errorSteps[0];
  const service = { ...drawService(random, style), errorRate: () => step.from };
  return regression(service, random, earlyOnset(random, service), () => ({ errorRate: () => step.to }));
};

const growingErrors: Family = (random, style) => {
  const service = drawService(random, style);
  const onset = earlyOnset(random, service);
  const most = between(random, 10, 40);
  const over = 10 + 10 * random();
  return regression(service, random, onset, () => ({
    errorRate: (rate, minute) => rate * (1 + (most - 1) * Math.min(1, (minute - onset) / over)),
  }));
};

const oneBadPod: Family = (random, style) => {
  const service = { ...drawService(random, style), share: () => 0.2, canaryFrom: [0, 0, 0] };
  const rate = between(random, 0.08, 0.6);
  return regression(service, random, earlyOnset(random, service), (index) =>
    index === 0 ? { errorRate: () => rate } : {},
  );
};

/** Errors that only the gRPC status shows; Istio tells it, the application's counters here do not. */
const grpcErrors: Family = (random, style) => {
  const service = drawService(random, style === "http" ? "istio-version" : style);
  const rate = between(random, 0.03, 0.2);
  const rollout = regression(service, random, earlyOnset(random, service), () => ({ errorRate: () => rate }));
  return { ...rollout, grpc: true };
};

const everythingSlower: Family = (random, style, variant) => {
  const service = drawService(random, style);
  const factor = [1.5, 2, 3, 5][variant % 4] ?? 2;
  return regression(service, random, earlyOnset(random, service), () => ({
    latency: (latency) => scaled(latency, factor),
  }));
};

/** A percent or two of the requests take seconds. */
const farTail: Family = (random, style) => {
  const service = drawService(random, style);
  const share = between(random, 0.01, 0.03);
  const tail = (latency: Latency): Latency => ({ ...latency, tailShare: share, tailFromMs: 2_000 });
  return regression(service, random, earlyOnset(random, service), () => ({ latency: tail }));
};

const lateOnset: Family = (random, style, variant) => {
  const service = drawService(random, style);
  const onset = Math.min(service.minutes - 10, service.minutes * (0.6 + 0.2 * random()));
  return regression(service, random, onset, () =>
    variant % 2 === 0 ? { errorRate: (rate) => 15 * rate } : { latency: (latency) => scaled(latency, 3) },
  );
};

/** The canary gets nothing any more: its pods are scraped and flat, or (where pods are scraped) gone. */
const trafficStops: Family = (random, style, variant) => {
  const service = { ...drawService(random, style), share: () => 0.2 };
  const at = 5 + random() * (service.minutes / 2);
  const isGone = variant % 2 === 1;
  const rollout = rolloutOf(service, random, ({ cohort }) => {
    if (cohort === "baseline") return {};
    const traffic = (requests: number, minute: number) => (minute < at ? requests : 0);
    return isGone ? { traffic, to: at } : { traffic };
  });
  return { ...rollout, expected: "fail", onset: at, alsoRight: ["inconclusive"] };
};

const noCanary: Family = (random, style) =>
  noVerdict(random, style, (rollout) => ({ ...rollout, canary: [] }));

const noBaseline: Family = (random, style) =>
  noVerdict(random, style, (rollout) => ({ ...rollout, baseline: [] }));

/** Both cohorts, or the canary alone, counted something before they were first scraped and nothing since. */
const neverMoves: Family = (random, style, variant) => {
  const stopped = variant % 2 === 0 ? ["canary", "baseline"] : ["canary"];
  const rollout = rolloutOf(drawService(random, style), random, ({ cohort }) => {
    const ends = (cohort === "canary" ? 0 : -historyMinutes) + 0.01;
    if (!stopped.includes(cohort)) return {};
    return { traffic: (requests, minute) => (minute < ends ? 400 * requests : 0) };
  });
  return { ...rollout, expected: "inconclusive" };
};

function noVerdict(
  random: () => number,
  style: Style,
  change: (rollout: Omit<Rollout, "family">) => Omit<Rollout, "family">,
): Omit<Rollout, "family"> {
  const service = drawService(random, style);
  const errorRate = pick(random, [service.errorRate, () => 0.05]);
  return { ...change(rolloutOf({ ...service, errorRate }, random)), expected: "inconclusive" };
}

/** In the order of their numbers, from 13. */
export const badFamilies: readonly (readonly [name: string, family: Family])[] = [
  ["error rate steps", errorStep],
  ["error rate grows slowly", growingErrors],
  ["errors in one of several pods", oneBadPod],
  ["gRPC errors under HTTP 200", grpcErrors],
  ["every quantile slower", everythingSlower],
  ["only the far tail slow", farTail],
  ["late onset", lateOnset],
  ["canary traffic stops", trafficStops],
  ["no canary series", noCanary],
  ["no baseline series", noBaseline],
  ["series that never move", neverMoves],
];
