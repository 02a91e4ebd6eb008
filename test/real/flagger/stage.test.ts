/** The stage does what tests of Coalmine behind Flagger take for granted: traffic goes where Flagger sends it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { createKubernetesApi } from "../../support/kubernetes-api.ts";
import { type LoopbackServer, serveOnLoopback } from "../../support/loopback-server.ts";
import { shareAnnotation } from "../../support/pod-metrics/canary-traffic.ts";
import { badTag, idleTag, unseenTag } from "../../support/pod-metrics/pod-metrics.ts";
import { type CanaryOptions, canaryManifests } from "./canary-manifests.ts";
import { type FlaggerStage, openFlaggerStage } from "./stage.ts";

/** Generous: several releases run at once on whatever machine there is. */
const patience = 400;

/** Rates that change are as wanted for a moment on their way. */
const steadyMs = 3_000;

interface Release extends Omit<CanaryOptions, "name"> {
  readonly tag?: string;
  /** Requests a second that the canary and the primary get in its first step, and how many of the canary's fail. */
  readonly gets: { readonly canary: number; readonly failed: number; readonly primary: number };
}

const releases: Readonly<Record<string, Release>> = {
  weights: { strategy: "weights", gets: { canary: 500, failed: 1, primary: 1_500 } },
  headers: { strategy: "headers", gets: { canary: 600, failed: 1, primary: 1_400 } },
  mirror: { strategy: "mirror", gets: { canary: 2_000, failed: 4, primary: 2_000 } },
  "blue-green": { strategy: "blue-green", gets: { canary: 2_000, failed: 4, primary: 2_000 } },
  bad: { strategy: "weights", tag: badTag, gets: { canary: 500, failed: 100, primary: 1_500 } },
  idle: { strategy: "weights", tag: idleTag, gets: { canary: 0, failed: 0, primary: 1_500 } },
  unseen: { strategy: "weights", tag: unseenTag, gets: { canary: 0, failed: 0, primary: 1_500 } },
  lost: {
    strategy: "weights",
    annotations: { [shareAnnotation]: "0" },
    gets: { canary: 0, failed: 0, primary: 1_500 },
  },
};

let stage: FlaggerStage;
let hold: LoopbackServer;
const met = new Map<string, Promise<void>>();

beforeAll(async () => {
  hold = await serveOnLoopback((_request, response) => void response.writeHead(403).end("not yet"));
  stage = await openFlaggerStage();
  for (const [name, release] of Object.entries(releases)) {
    const one = meets(name, release);
    // An error is the test's that waits for it.
    one.catch(() => {});
    met.set(name, one);
  }
});

afterAll(async () => {
  await Promise.allSettled(met.values());
  await stage?.close();
  await hold?.close();
});

it.each(Object.keys(releases))("the canary of %s gets what Flagger says", async (name) => {
  await expect(met.get(name)).resolves.toBeUndefined();
});

it("the server may read a Canary, and no more than it is shipped with", async () => {
  const [name = ""] = Object.keys(releases);
  const canary = { kind: "Canary", name, namespace: stage.namespace.name };
  const api = createKubernetesApi(stage.serverAccess);
  try {
    expect((await api.get(canary)).metadata.name).toBe(name);
    const { name: _, ...others } = canary;
    await expect(api.list(others)).rejects.toThrow(/403.*cannot list/s);
  } finally {
    await api.close();
  }
});

/** Releases it, holds it in its first step, and waits until the requests of both cohorts are as they should be, and stay so. */
async function meets(name: string, { tag = "", gets, ...options }: Release): Promise<void> {
  const webhooks = [{ name: "hold", type: "rollout", url: hold.url }];
  const canary = await stage.open(
    canaryManifests({ name, webhooks, analysis: { threshold: 1_000 }, ...options }),
  );
  await canary.setImage(`shop/checkout:2${tag}`);
  let since = Number.POSITIVE_INFINITY;
  await stage.namespace.waitFor({
    what: `${name} gets ${JSON.stringify(gets)} requests a second`,
    read: () => requestsOf(name),
    until: (now) => {
      const isSo = (["canary", "failed", "primary"] as const).every((key) => isNear(now[key], gets[key]));
      since = isSo ? Math.min(since, performance.now()) : Number.POSITIVE_INFINITY;
      return performance.now() - since > steadyMs;
    },
    seconds: patience,
  });
}

/** By the last five seconds of a namespace's requests in Prometheus. */
async function requestsOf(name: string): Promise<Release["gets"]> {
  const series = `istio_requests_total{destination_workload_namespace="${stage.namespace.name}"}`;
  const query = `sum by (destination_workload, response_code) (rate(${series}[5s]))`;
  const response = await fetch(`${stage.prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { result } = answerSchema.parse(await response.json()).data;
  const total = (workload: string, code?: string) =>
    result
      .filter(({ metric }) => metric.destination_workload === workload)
      .filter(({ metric }) => code === undefined || metric.response_code === code)
      .reduce((sum, { value }) => sum + Number(value[1]), 0);
  return { canary: total(name), failed: total(name, "500"), primary: total(`${name}-primary`) };
}

/** Within a tenth, or one request a second. */
function isNear(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= Math.max(1, expected / 10);
}

const answerSchema = z.looseObject({
  data: z.looseObject({
    result: z.array(
      z.looseObject({
        metric: z.looseObject({ destination_workload: z.string(), response_code: z.string() }),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});
