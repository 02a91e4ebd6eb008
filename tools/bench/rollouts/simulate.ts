// What Prometheus would hold of a rollout: counts drawn request by request, scraped at each pod's own phase.
import type { WrittenSeries } from "../../../test/servers/open-metrics.ts";
import { binomial, poisson } from "../random.ts";
import {
  cohortLabels,
  histogramLabels,
  type Labels,
  metricsOf,
  type Naming,
  outcomeLabels,
  podName,
  scrapeLabels,
} from "./cohort-labels.ts";
import { Counters } from "./counters.ts";
import { boundariesMs } from "./latency-buckets.ts";
import { type CohortName, historyMinutes, type PodTruth, type Rollout } from "./truth.ts";

export const scrapeSeconds = 15;

const gateways = 2;

/** A scraped process: the server pods whose requests it counts, each with the share of them that it sees. */
interface Process {
  readonly labels: Labels;
  readonly from: number;
  readonly to: number;
  readonly flows: readonly { readonly pod: PodTruth; readonly cohort: CohortName; readonly share: number }[];
  readonly restarts: readonly number[];
}

/** @param startedAt milliseconds since the epoch. */
export function simulate(
  rollout: Rollout,
  naming: Naming,
  startedAt: number,
  random: () => number,
): WrittenSeries[] {
  const processes = naming.style === "istio-service" ? gatewaysOf(rollout, naming) : podsOf(rollout, naming);
  return processes.flatMap((process) => runProcess(rollout, naming, process, startedAt, random));
}

function podsOf({ canary, baseline, scrapes }: Rollout, naming: Naming): Process[] {
  const cohort = (name: CohortName, pods: readonly PodTruth[]) =>
    pods.map(
      (pod, index): Process => ({
        labels: scrapeLabels(naming, podName(naming, name, index)),
        from: pod.from,
        to: pod.to,
        flows: [{ pod, cohort: name, share: 1 }],
        restarts: scrapes.restarts
          .filter((one) => one.cohort === name && one.index % pods.length === index)
          .map(({ minute }) => minute),
      }),
    );
  return [...cohort("canary", canary), ...cohort("baseline", baseline)];
}

/** Every gateway sends requests to every pod. */
function gatewaysOf(rollout: Rollout, naming: Naming): Process[] {
  const { canary, baseline, scrapes, minutes } = rollout;
  const flows = (share: number) => [
    ...canary.map((pod) => ({ pod, cohort: "canary" as const, share })),
    ...baseline.map((pod) => ({ pod, cohort: "baseline" as const, share })),
  ];
  return Array.from({ length: gateways }, (_, index) => ({
    labels: scrapeLabels(naming, podName(naming, "baseline", index)),
    from: -historyMinutes,
    to: index === 0 ? (scrapes.gatewayEnds ?? minutes) : minutes,
    flows: flows(1 / gateways),
    restarts: scrapes.restarts.filter((one) => one.index % gateways === index).map(({ minute }) => minute),
  }));
}

function runProcess(
  rollout: Rollout,
  naming: Naming,
  process: Process,
  startedAt: number,
  random: () => number,
): WrittenSeries[] {
  const counters = new Counters(random, boundariesMs(naming.style), naming.style === "http" ? 1_000 : 1);
  const { lost, gap } = rollout.scrapes;
  const step = scrapeSeconds / 60;
  let from = process.from;
  // Scrapes stand at the pod's phase, off by a few milliseconds as timers are.
  for (let due = process.from + random() * step; due <= process.to; due += step) {
    for (const restart of process.restarts.filter((minute) => minute > from && minute <= due)) {
      addRequests(rollout, naming, process, counters, { from, to: restart }, random);
      counters.restart();
      from = restart;
    }
    addRequests(rollout, naming, process, counters, { from, to: due }, random);
    from = due;
    const isInGap = gap !== null && due >= gap.from && due < gap.to;
    if (isInGap || random() < lost) continue;
    counters.scrape(startedAt + Math.round(due * 60_000 + 4 * random()));
  }
  return counters.series;
}

function addRequests(
  rollout: Rollout,
  naming: Naming,
  { flows, labels }: Process,
  counters: Counters,
  { from, to }: { readonly from: number; readonly to: number },
  random: () => number,
): void {
  const { requests: counterName, latency: histogramName } = metricsOf(naming.style);
  const middle = (from + to) / 2;
  for (const { pod, cohort, share } of flows) {
    if (middle < pod.from || middle > pod.to) continue;
    const requests = poisson(random, pod.traffic(middle) * share * (to - from));
    const errors = drawErrors(random, requests, pod.errorRate(middle), rollout.attempts);
    const own = { ...labels, ...cohortLabels(naming, cohort) };
    for (const isError of [false, true]) {
      const count = isError ? errors : requests - errors;
      counters.addRequests(counterName, { ...own, ...outcomeLabels(rollout, isError) }, count);
      const histogram = { ...own, ...histogramLabels(rollout, isError) };
      counters.addLatencies(histogramName, histogram, count, pod.latency(middle));
    }
  }
}

/** Chance that the retry of a failed request fails as well. */
const failsAgain = 0.8;

function drawErrors(random: () => number, requests: number, rate: number, attempts: number): number {
  let size = 0;
  for (let attempt = 0; attempt < attempts; attempt++) size += failsAgain ** attempt;
  let errors = binomial(random, requests, rate / size);
  for (let attempt = 1, failed = errors; attempt < attempts; attempt++) {
    failed = binomial(random, failed, failsAgain);
    errors += failed;
  }
  return Math.min(requests, errors);
}
