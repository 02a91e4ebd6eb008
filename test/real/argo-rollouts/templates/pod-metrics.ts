/** The metrics of the fake pods of Rollouts: what each would count if it ran and had traffic. */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";

/** Serves them to a Prometheus. */
export interface PodMetrics {
  /** An entry of `scrape_configs`. */
  readonly scrapeConfig: Readonly<Record<string, unknown>>;
  /** Seconds for which every pod of a namespace that is Ready has been scraped; 0 if there is none. */
  scrapedFor(namespace: string): number;
  close(): Promise<void>;
}

/** An image whose tag ends so does not work. */
export const badTag = "-bad";

/** An image whose tag ends so is not scraped. */
export const unseenTag = "-unseen";

/** Requests a second of every pod: a canary of one pod gets as many in a test's seconds as it would in minutes. */
const requestsPerSecond = 1_000;

/** Share of requests that fail, and of those that take at most so many seconds. */
const behaviours = {
  good: { errors: 0.002, within: { "0.05": 0.7, "0.1": 0.95, "0.25": 0.99, "0.5": 0.998, "1": 1 } },
  bad: { errors: 0.2, within: { "0.05": 0.2, "0.1": 0.4, "0.25": 0.6, "0.5": 0.8, "1": 1 } },
} as const;

interface SeenPod {
  readonly namespace: string;
  readonly name: string;
  readonly behaviour: keyof typeof behaviours;
  /** When it was first seen, on performance.now()'s clock. */
  readonly since: number;
}

/**
 * @param api must be allowed to list the pods of every namespace. A look that fails is tried again; `close` throws where
 *   the last one did.
 */
export async function startPodMetrics(api: KubernetesApi): Promise<PodMetrics> {
  let seen = new Map<string, SeenPod>();

  async function look(): Promise<void> {
    const pods = await api.list({ kind: "Pod", labelSelector: "rollouts-pod-template-hash" });
    const now = performance.now();
    const next = new Map<string, SeenPod>();
    for (const pod of pods.map((object) => podSchema.parse(object))) {
      const { namespace, name, uid } = pod.metadata;
      if (!pod.status.conditions.some(({ type, status }) => type === "Ready" && status === "True")) continue;
      if (pod.spec.containers.some(({ image }) => image.endsWith(unseenTag))) continue;
      const isBad = pod.spec.containers.some(({ image }) => image.endsWith(badTag));
      next.set(uid, seen.get(uid) ?? { namespace, name, behaviour: isBad ? "bad" : "good", since: now });
    }
    seen = next;
  }

  let isOpen = true;
  let failed: unknown = null;
  // Apart from the scrapes, so that a slow answer of the API is not a scrape that failed.
  const looking = (async () => {
    while (isOpen) {
      await look().then(
        () => {
          failed = null;
        },
        (error: unknown) => {
          failed = error;
        },
      );
      await sleep(500);
    }
  })();

  const server = createServer((_request, response) => {
    const now = performance.now();
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    response.end([...seen.values()].map((pod) => exposition(pod, now)).join(""));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("no port");

  return {
    scrapeConfig: {
      job_name: "pods",
      scrape_interval: "1s",
      scrape_timeout: "1s",
      honor_labels: true,
      static_configs: [{ targets: [`127.0.0.1:${address.port}`] }],
    },
    scrapedFor(namespace) {
      const ages = [...seen.values()].filter((pod) => pod.namespace === namespace).map(({ since }) => since);
      return ages.length === 0 ? 0 : (performance.now() - Math.max(...ages)) / 1_000;
    },
    async close() {
      isOpen = false;
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await looking;
      if (failed !== null) throw failed;
    },
  };
}

/** As the application counts, and as Istio's sidecar does. */
function exposition({ namespace, name, behaviour, since }: SeenPod, now: number): string {
  const { errors, within } = behaviours[behaviour];
  const total = Math.floor(((now - since) / 1_000) * requestsPerSecond);
  const bad = Math.floor(total * errors);
  const app = `namespace="${namespace}",pod="${name}"`;
  const mesh = `reporter="destination",destination_workload_namespace="${namespace}",pod="${name}"`;
  const buckets = [...Object.entries(within), ["+Inf", 1] as const];
  const lines = [
    `http_requests_total{${app},status="200"} ${total - bad}`,
    `http_requests_total{${app},status="500"} ${bad}`,
    `istio_requests_total{${mesh},response_code="200"} ${total - bad}`,
    `istio_requests_total{${mesh},response_code="500"} ${bad}`,
    ...buckets.flatMap(([le, share]) => {
      const count = Math.floor(total * share);
      const inMs = le === "+Inf" ? le : Number(le) * 1_000;
      return [
        `http_request_duration_seconds_bucket{${app},le="${le}"} ${count}`,
        `istio_request_duration_milliseconds_bucket{${mesh},le="${inMs}"} ${count}`,
      ];
    }),
    `http_request_duration_seconds_count{${app}} ${total}`,
    `istio_request_duration_milliseconds_count{${mesh}} ${total}`,
  ];
  return `${lines.join("\n")}\n`;
}

const podSchema = z.looseObject({
  metadata: z.looseObject({ namespace: z.string(), name: z.string(), uid: z.string() }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string().default("") })) }),
  status: z
    .looseObject({
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string() }))
        .nullish()
        .transform((conditions) => conditions ?? []),
    })
    .prefault({}),
});
