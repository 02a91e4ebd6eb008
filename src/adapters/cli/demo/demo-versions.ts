/** The three versions of the demo's service, and the requests they get. */

import type { ScrapeTarget } from "../cli-host.ts";
import { startLoad } from "./demo-load.ts";
import { type DemoBehaviour, type DemoService, startDemoService } from "./demo-service.ts";
import { demoService } from "./demo-spec.ts";

/** To the baseline and to the canary together: enough to tell, and little for any machine. */
const requestsPerSecond = 300;

const good: DemoBehaviour = { errorRate: 0.002, latencyMs: { median: 20, sigma: 0.5 } };

/** v2 fails twenty times as many requests as v1; v3 is as good as v1. */
const behaviours: Readonly<Record<Version, DemoBehaviour>> = {
  v1: good,
  v2: { ...good, errorRate: 0.04 },
  v3: good,
};

const versions = ["v1", "v2", "v3"] as const;

type Version = (typeof versions)[number];

/** What can be a canary. */
export type CanaryVersion = Exclude<Version, "v1">;

/** The versions, running, with requests to v1 and one canary. */
export interface DemoVersions {
  readonly targets: readonly ScrapeTarget[];
  /** Splits the requests evenly between v1 and this version. */
  sendTo(canary: CanaryVersion): void;
  close(): Promise<void>;
}

/** Starts one service a version, each on a free port, and the load on v1 and v2. */
export async function startDemoVersions(): Promise<DemoVersions> {
  const random = Math.random;
  const services: DemoService[] = [];
  for (const version of versions) {
    services.push(await startDemoService({ name: demoService, version, random, ...behaviours[version] }));
  }
  const shares = (canary: CanaryVersion): readonly number[] =>
    versions.map((version) => (version === "v1" || version === canary ? 1 : 0));
  const targets = services.map(({ url }, index) => ({ url, share: shares("v2")[index] ?? 0 }));
  const load = startLoad({ targets, requestsPerSecond, random });
  return {
    targets: services.map(({ metricsUrl }, index) => ({
      url: metricsUrl,
      labels: { pod: `${demoService}-${versions[index]}` },
    })),
    sendTo: (canary) => load.set({ shares: shares(canary) }),
    async close() {
      await load.stop();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}
