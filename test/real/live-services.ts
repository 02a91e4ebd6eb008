/** Real services under real load, and what a Prometheus needs to scrape them every second. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Load, startLoad } from "../../src/adapters/cli/demo/demo-load.ts";
import {
  type DemoBehaviour,
  type DemoService,
  startDemoService,
} from "../../src/adapters/cli/demo/demo-service.ts";
import { seeded } from "../support/seeded.ts";

/** One error in 500, 20 ms at the median. */
export const good: DemoBehaviour = { errorRate: 0.002, latencyMs: { median: 20, sigma: 0.5 } };

/** One error in 20, as fast. */
export const bad: DemoBehaviour = { ...good, errorRate: 0.05 };

/**
 * Errors and latency, passed at up to three times the baseline and a point more:
 * a minute brings a tenth of the requests that the default margin is made for.
 */
export const metricsOfAMinute = [
  { name: "errors", kind: "errors", compare: { passBelow: "3x + 1pp" } },
  { name: "latency", kind: "latency", compare: { passBelow: "3x + 1pp" } },
] as const;

/**
 * Fifteen ticks in 45 s. A look is as long as a tick: on a busy machine a second may see some slow requests of one
 * version and none of the other, and what was bad with nothing to hold it against withholds a pass.
 */
export const looksOfAMinute = { interval: "3s", tick: "3s", warmup: "2s" } as const;

/** The versions of a service, each one pod. */
export interface LiveServices {
  /** Entries of `scrape_configs`: every version, every second, with its `pod` label. */
  readonly scrapeConfigs: readonly Readonly<Record<string, unknown>>[];
  /** Requests that a version has answered so far. */
  served(version: string): number;
  set(version: string, behaviour: Partial<DemoBehaviour>): void;
  /** Stops the load, and resolves when every request has been answered. */
  pause(): Promise<void>;
  /** Starts it again, the same for each version. */
  resume(): void;
  close(): Promise<void>;
}

/**
 * Starts a version for each behaviour, and the load. What each request comes to
 * is drawn from a seed; when it comes is not.
 */
export async function startLiveServices(
  name: string,
  behaviours: Readonly<Record<string, DemoBehaviour>>,
  requestsPerSecond: number,
): Promise<LiveServices> {
  const versions = Object.keys(behaviours);
  const services: DemoService[] = [];
  for (const [index, [version, behaviour]] of Object.entries(behaviours).entries()) {
    services.push(await startDemoService({ name, version, random: seeded(index + 1), ...behaviour }));
  }
  const targets = services.map(({ url }) => ({ url, share: 1 }));
  const load: Load = startLoad({ targets, requestsPerSecond, random: seeded(99) });
  const served = (version: string) => {
    const counts = load.counts()[versions.indexOf(version)];
    if (counts === undefined) throw new RangeError(`no version ${version}`);
    return counts.ok + counts.failed;
  };
  return {
    scrapeConfigs: services.map(({ metricsUrl }, index) => ({
      job_name: `${name}-${versions[index]}`,
      scrape_interval: "1s",
      scrape_timeout: "1s",
      static_configs: [
        { targets: [new URL(metricsUrl).host], labels: { pod: `${name}-${versions[index]}-0` } },
      ],
    })),
    served,
    set: (version, behaviour) => services[versions.indexOf(version)]?.set(behaviour),
    async pause() {
      load.set({ shares: versions.map(() => 0) });
      while (load.counts().some(({ inFlight }) => inFlight > 0)) await sleep(20);
    },
    resume: () => load.set({ shares: versions.map(() => 1) }),
    async close() {
      await load.stop();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}
