/** Flagger's own controller, with fake pods that count and a real Prometheus that scrapes them. */
import { type Flagger, startFlagger } from "../../servers/start-flagger.ts";
import { type RunningPrometheus, startPrometheus } from "../../servers/start-prometheus.ts";
import type { Canary } from "../../support/canary.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi, type Manifest } from "../../support/kubernetes-api.ts";
import type { KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { openTogether } from "../../support/open-together.ts";
import { canaryPods } from "../../support/pod-metrics/canary-traffic.ts";
import { type PodMetrics, startPodMetrics } from "../../support/pod-metrics/pod-metrics.ts";

export interface FlaggerShop {
  /** The administrator's. */
  readonly api: KubernetesApi;
  readonly flagger: Flagger;
  readonly prometheus: RunningPrometheus;
  /** The namespace that Flagger looks after. */
  readonly namespace: KubernetesNamespace;
  /**
   * Deploys a Deployment with its Canary, and waits until Flagger has made the primary and its pods have been scraped for
   * a while. A release may follow.
   */
  open(manifests: readonly Manifest[]): Promise<Canary>;
  close(): Promise<void>;
}

export interface FlaggerShopOptions {
  /** Added to Flagger's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the namespace's name starts with; `shop` if left out. */
  readonly namespace?: string;
}

/** How long the primary's pods count before a release: latency boundaries are chosen from it. */
const historySeconds = 8;

/** Generous: several Canaries are made at once on whatever machine there is. */
const patience = 400;

/** Starts all of it, in about three seconds. */
export async function openFlaggerShop(options: FlaggerShopOptions = {}): Promise<FlaggerShop> {
  return await openTogether((opened) => fill(options, opened));
}

async function fill(
  { env = {}, namespace: prefix = "shop" }: FlaggerShopOptions,
  opened: AsyncDisposableStack,
): Promise<FlaggerShop> {
  const plane = sharedControlPlane();
  const api = createKubernetesApi(plane);
  opened.defer(() => api.close());
  const pods = await startPodMetrics(api, canaryPods(api));
  opened.defer(() => pods.close());
  const prometheus = await startPrometheus({ scrapeConfigs: [pods.scrapeConfig] });
  opened.defer(() => prometheus.stop());
  const flagger = await startFlagger({ plane, metricsServer: prometheus.url, env });
  opened.defer(() => flagger.close());
  const namespace = await flagger.createNamespace(prefix);
  return {
    api,
    flagger,
    prometheus,
    namespace,
    open: (manifests) => openCanary(namespace, pods, manifests),
    close: () => opened.disposeAsync(),
  };
}

async function openCanary(
  namespace: KubernetesNamespace,
  pods: PodMetrics,
  manifests: readonly Manifest[],
): Promise<Canary> {
  const name = manifests.find(({ kind }) => kind === "Canary")?.metadata.name;
  if (name === undefined) throw new Error("a Canary with a name is wanted");
  await namespace.apply(manifests);
  const canary = namespace.canary(name);
  const { spec } = await canary.waitForPhase("Initialized", patience);
  await namespace.waitFor({
    what: `the primary's pods of ${name} have been scraped for a while`,
    read: async () => pods.scrapedFor(namespace.name, `${spec.targetRef.name}-primary`),
    until: (seconds) => seconds >= historySeconds,
    seconds: patience,
  });
  return canary;
}
