/** The metrics of the fake pods of a cluster: what each would count if it ran and had traffic. */
import { z } from "zod";
import { keepLooking } from "../keep-looking.ts";
import type { KubernetesApi } from "../kubernetes-api.ts";
import { listOf } from "../kubernetes-json.ts";
import { serveOnLoopback } from "../loopback-server.ts";
import { type Behaviour, exposition } from "./exposition.ts";

/** Serves them to a Prometheus. */
export interface PodMetrics {
  /** An entry of `scrape_configs`. */
  readonly scrapeConfig: Readonly<Record<string, unknown>>;
  /**
   * Seconds for which every pod of a namespace that is Ready has been scraped; 0 if there is none.
   *
   * @param workload whose pods; all if left out.
   */
  scrapedFor(namespace: string, workload?: string): number;
  close(): Promise<void>;
}

/** A pod that is Ready and is scraped. */
export interface FakePod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Name of the Deployment or Rollout whose pod it is. */
  readonly workload: string;
}

/** Requests a second of each pod, by its uid; of one that is not named, none. */
export type Traffic = (pods: readonly FakePod[]) => Promise<ReadonlyMap<string, number>>;

export interface PodMetricsOptions {
  /** The label whose value is the hash of a pod's template: which pods are wanted. */
  readonly hashLabel: "rollouts-pod-template-hash" | "pod-template-hash";
  /** Whether Istio's series name the workload, as they do beside Flagger. */
  readonly hasWorkload: boolean;
  readonly traffic: Traffic;
}

/** An image whose tag ends so fails a fifth of its requests. */
export const badTag = "-bad";
/** An image whose tag ends so fails every request. */
export const downTag = "-down";
/** An image whose tag ends so is not scraped. */
export const unseenTag = "-unseen";
/** An image whose tag ends so gets a request every five seconds at most. */
export const idleTag = "-idle";

const idleRate = 0.2;

interface SeenPod extends FakePod {
  readonly behaviour: Behaviour;
  /** When it was first seen, on performance.now()'s clock. */
  readonly since: number;
  /** Requests until `at`, and their number a second from then on. */
  readonly requests: number;
  readonly at: number;
  readonly rate: number;
}

/**
 * @param api must be allowed to list the pods of every namespace, and what `traffic` asks for. A look that fails is
 *   tried again; `close` throws where the last one did.
 */
export async function startPodMetrics(api: KubernetesApi, options: PodMetricsOptions): Promise<PodMetrics> {
  const { hashLabel, hasWorkload, traffic } = options;
  let seen = new Map<string, SeenPod>();

  async function look(): Promise<void> {
    const objects = await api.list({ kind: "Pod", labelSelector: hashLabel });
    const pods = objects.map((object) => readPod(object, hashLabel)).filter((pod) => pod.isScraped);
    const rates = await traffic(pods);
    const now = performance.now();
    seen = new Map(
      pods.map(({ isIdle, isScraped: _, ...pod }) => {
        const known = seen.get(pod.uid);
        const wanted = rates.get(pod.uid) ?? 0;
        const rate = isIdle ? Math.min(wanted, idleRate) : wanted;
        const requests = known === undefined ? 0 : requestsBy(known, now);
        return [pod.uid, { ...pod, since: known?.since ?? now, requests, at: now, rate }];
      }),
    );
  }

  // Apart from the scrapes, so that a slow answer of the API is not a scrape that failed.
  const looking = keepLooking(look);

  const server = await serveOnLoopback((_request, response) => {
    const now = performance.now();
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    const texts = [...seen.values()].map((pod) =>
      exposition({ ...pod, workload: hasWorkload ? pod.workload : null }, Math.floor(requestsBy(pod, now))),
    );
    response.end(texts.join(""));
  });

  return {
    scrapeConfig: {
      job_name: "pods",
      scrape_interval: "1s",
      scrape_timeout: "1s",
      honor_labels: true,
      static_configs: [{ targets: [server.host] }],
    },
    scrapedFor(namespace, workload) {
      const pods = [...seen.values()].filter((pod) => pod.namespace === namespace);
      const wanted = pods.filter((pod) => workload === undefined || pod.workload === workload);
      if (wanted.length === 0) return 0;
      return (performance.now() - Math.max(...wanted.map(({ since }) => since))) / 1_000;
    },
    async close() {
      await server.close();
      await looking.close();
    },
  };
}

function requestsBy({ requests, rate, at }: SeenPod, now: number): number {
  return requests + ((now - at) / 1_000) * rate;
}

function readPod(object: unknown, hashLabel: string) {
  const { metadata, spec, status } = podSchema.parse(object);
  const { uid, namespace, name, labels, ownerReferences } = metadata;
  const isReady = status.conditions.some((one) => one.type === "Ready" && one.status === "True");
  const endsIn = (tag: string) => spec.containers.some(({ image }) => image.endsWith(tag));
  const owner = ownerReferences[0]?.name ?? name;
  const behaviour: Behaviour = endsIn(badTag) ? "bad" : endsIn(downTag) ? "down" : "good";
  return {
    uid,
    namespace,
    name,
    // A ReplicaSet is called after what it belongs to and the hash.
    workload: owner.replace(`-${labels[hashLabel] ?? ""}`, ""),
    behaviour,
    isScraped: isReady && !endsIn(unseenTag),
    isIdle: endsIn(idleTag),
  };
}

const podSchema = z.looseObject({
  metadata: z.looseObject({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: listOf(z.looseObject({ name: z.string() })),
  }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string().default("") })) }),
  status: z
    .looseObject({ conditions: listOf(z.looseObject({ type: z.string(), status: z.string() })) })
    .prefault({}),
});
