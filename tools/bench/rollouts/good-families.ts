// Families 1 to 12: healthy rollouts that a judge must let through.
import { gamma } from "../random.ts";
import { between, drawService, pick, rolloutOf, scaled } from "./service.ts";
import { type Family, historyMinutes } from "./truth.ts";

const identical: Family = (random, style) => rolloutOf(drawService(random, style), random);

/** Noise that both cohorts share, small differences between pods, errors that are retried twice (Istio's default) and mostly fail again. */
const sharedNoise: Family = (random, style) => {
  const service = drawService(random, style);
  const noise = byMinute(service.minutes, () => gamma(random, 8) / 8);
  const errorRate = (minute: number) => service.errorRate(minute) * noise(minute);
  return { ...rolloutOf({ ...service, errorRate, podSpread: 0.12 }, random), attempts: 3 };
};

/** Traffic that follows the day, the weight in steps, more pods at each, and an error rate that drifts. */
const weightSteps: Family = (random, style) => {
  const service = drawService(random, style);
  const steps = pick(random, [
    [0.05, 0.1, 0.25, 0.5],
    [0.1, 0.3, 0.5, 0.5],
    [0.2, 0.5, 0.8, 0.8],
  ]);
  const step = (minute: number) => Math.min(3, Math.max(0, Math.floor((4 * minute) / service.minutes)));
  const drift = pick(random, [0.3, 3]);
  const phase = 2 * Math.PI * random();
  return rolloutOf(
    {
      ...service,
      traffic: (minute) =>
        service.traffic(minute) * (1 + 0.6 * Math.sin((2 * Math.PI * minute) / 60 + phase)),
      share: (minute) => steps[step(minute)] ?? 0.5,
      errorRate: (minute) => service.errorRate(minute) * drift ** (Math.max(0, minute) / service.minutes),
      canaryFrom: [0, 1, 2].map((i) => (i * service.minutes) / 4),
    },
    random,
  );
};

/** Something upstream breaks for some minutes, for everyone. */
const upstreamOutage: Family = (random, style) => {
  const service = drawService(random, style);
  const from = 5 + random() * (service.minutes - 15);
  const isOut = (minute: number) => minute >= from && minute < from + 5;
  const outage = between(random, 0.1, 0.6);
  return rolloutOf(
    {
      ...service,
      errorRate: (minute) => (isOut(minute) ? outage : service.errorRate(minute)),
      latency: (minute) => scaled(service.latency(minute), isOut(minute) ? 3 : 1),
    },
    random,
  );
};

/** The canary's caches are cold for its first two minutes or so. */
const coldStart: Family = (random, style) => {
  const service = drawService(random, style);
  const until = 1.5 + 1.2 * random();
  return rolloutOf(service, random, ({ cohort }) => ({
    latency: (latency, minute) => (cohort === "canary" && minute < until ? scaled(latency, 3) : latency),
    errorRate: (rate, minute) => (cohort === "canary" && minute < until ? 4 * rate : rate),
  }));
};

/** One to six canary requests a minute: "not enough to tell" is as good an answer. */
const lowTraffic: Family = (random, style) => {
  const service = drawService(random, style);
  const perMinute = between(random, 1, 6);
  const quiet = { ...service, traffic: () => perMinute / 0.1, share: () => 0.1, canaryFrom: [0] };
  return { ...rolloutOf(quiet, random), alsoRight: ["inconclusive"] };
};

const unequalSplit: Family = (random, style) => {
  const service = drawService(random, style);
  const share = pick(random, [0.01, 0.02, 0.9]);
  return rolloutOf({ ...service, traffic: () => 6_000, share: () => share, canaryFrom: [0] }, random);
};

const failingBaseline: Family = (random, style) => {
  const rate = between(random, 0.04, 0.2);
  return rolloutOf({ ...drawService(random, style), errorRate: () => rate }, random);
};

/** Processes that begin anew, their counters with them. */
const restarts: Family = (random, style) => {
  const rollout = rolloutOf(drawService(random, style), random);
  const drawn = Array.from({ length: 2 + Math.floor(3 * random()) }, (_, index) => ({
    cohort: pick(random, ["canary", "baseline"] as const),
    index,
    minute: 2 + random() * (rollout.minutes - 4),
  }));
  return { ...rollout, scrapes: { ...rollout.scrapes, restarts: drawn } };
};

const lostScrapes: Family = (random, style) => {
  const rollout = rolloutOf(drawService(random, style), random);
  const from = 4 + random() * (rollout.minutes - 10);
  const gap = random() < 0.5 ? null : { from, to: from + 1 + 2.5 * random() };
  return { ...rollout, scrapes: { ...rollout.scrapes, lost: between(random, 0.03, 0.2), gap } };
};

/** A pod of either cohort goes away for good; where gateways are scraped, one of those. */
const podDisappears: Family = (random, style) => {
  const service = { ...drawService(random, style), canaryFrom: [0, 0] };
  const at = 5 + random() * (service.minutes - 10);
  const gone = pick(random, ["canary", "baseline"] as const);
  const rollout = rolloutOf(service, random, ({ cohort, index }) =>
    style !== "istio-service" && cohort === gone && index === 0 ? { to: at } : {},
  );
  return { ...rollout, scrapes: { ...rollout.scrapes, gatewayEnds: at } };
};

const withinTheMargin: Family = (random, style) => {
  const isSlower = random() < 0.5;
  // Differences between pods would carry some of them over the margin.
  return rolloutOf({ ...drawService(random, style), podSpread: 0 }, random, ({ cohort }) => {
    if (cohort === "baseline") return {};
    return isSlower ? { latency: (latency) => scaled(latency, 1.04) } : { errorRate: (rate) => 1.15 * rate };
  });
};

/** In the order of their numbers. */
export const goodFamilies: readonly (readonly [name: string, family: Family])[] = [
  ["identical cohorts", identical],
  ["shared noise, pod differences, retries", sharedNoise],
  ["weight steps, traffic and errors drift", weightSteps],
  ["upstream outage hits both", upstreamOutage],
  ["canary slow while it warms up", coldStart],
  ["very little canary traffic", lowTraffic],
  ["very unequal split", unequalSplit],
  ["baseline already fails", failingBaseline],
  ["restarts", restarts],
  ["lost scrapes and gaps", lostScrapes],
  ["a pod disappears", podDisappears],
  ["difference within the margin", withinTheMargin],
];

/** The same draw for every moment of a minute, before the start too. */
function byMinute(minutes: number, draw: () => number): (minute: number) => number {
  const drawn = Array.from({ length: Math.ceil(minutes + historyMinutes) + 1 }, draw);
  return (minute) => drawn[Math.max(0, Math.floor(minute + historyMinutes))] ?? 1;
}
