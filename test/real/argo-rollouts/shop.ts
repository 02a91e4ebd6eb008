/** The stage of the plugin's tests: the stock controller with our plugin, fake pods that count, and a real Prometheus that scrapes them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type ArgoController, startArgoController } from "../../servers/start-argo-controller.ts";
import { type RunningPrometheus, startPrometheus } from "../../servers/start-prometheus.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi } from "../../support/kubernetes-api.ts";
import type { KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { type PodMetrics, startPodMetrics } from "../../support/pod-metrics/pod-metrics.ts";
import { rolloutPods } from "../../support/pod-metrics/rollout-traffic.ts";
import type { Rollout } from "../../support/rollout.ts";

export interface Shop {
  readonly argo: ArgoController;
  readonly prometheus: RunningPrometheus;
  /** Deploys manifests with a Rollout of that name, and waits until its stable pods have been scraped for a while. */
  open(
    name: string,
    manifests: string,
  ): Promise<{ readonly namespace: KubernetesNamespace; readonly rollout: Rollout }>;
  close(): Promise<void>;
}

const program = join(import.meta.dirname, "../../../src/bin/argo-plugin.ts");

/** Generous, in seconds: several releases run at once on whatever machine there is, and a wait ends when its thing is there. */
export const patience = 240;

/** How long the stable pods count before a release: latency boundaries are chosen from it. */
const historySeconds = 8;

export interface ShopOptions {
  /** What the plugin is started with; settings that name the Prometheus unless given. */
  readonly pluginArgs?: (prometheus: RunningPrometheus) => Promise<readonly string[]>;
}

/** Starts all of it. */
export async function openShop({ pluginArgs }: ShopOptions = {}): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-shop-"));
  const api = createKubernetesApi(sharedControlPlane());
  const pods: PodMetrics = await startPodMetrics(api, rolloutPods);
  const prometheus = await startPrometheus({ scrapeConfigs: [pods.scrapeConfig] });
  const settings = join(folder, "coalmine.yaml");
  writeFileSync(settings, stringify({ sources: { default: sourceOf(prometheus) } }));
  const args = (await pluginArgs?.(prometheus)) ?? ["--settings", settings];
  const plugin = { location: process.execPath, args: [program, ...args] };
  const argo = await startArgoController({
    plane: sharedControlPlane(),
    metricPlugins: [{ name: "coalmine/analysis", ...plugin }],
    stepPlugins: [{ name: "coalmine/step", ...plugin }],
    flags: ["--loglevel=debug"],
  });
  return {
    argo,
    prometheus,
    async open(name, manifests) {
      const namespace = await argo.createNamespace(name);
      await namespace.apply(manifests);
      const rollout = namespace.rollout("checkout");
      await rollout.waitForPhase("Healthy", patience);
      await namespace.waitFor({
        what: "the stable pods have been scraped for a while",
        read: async () => pods.scrapedFor(namespace.name),
        until: (seconds) => seconds >= historySeconds,
        seconds: patience,
      });
      return { namespace, rollout };
    },
    async close() {
      await argo.close();
      await prometheus.stop();
      await pods.close();
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The shop's Prometheus, as settings name it. */
export function sourceOf({ url }: RunningPrometheus) {
  return { kind: "prometheus", url, ingestionDelay: "2s", retryBudgetMs: 1_000 } as const;
}

/** A spec in a test's time: half a minute stands for a quarter of an hour. */
export const quickSpec = {
  telemetry: "http",
  duration: "20s",
  interval: "1s",
  tick: "2s",
  warmup: "0s",
} as const;

/** An image whose pods fail a fifth of their requests; see test/support/pod-metrics. */
export const badImage = "shop/checkout:2-bad";
export const goodImage = "shop/checkout:2";

/** The Rollout `checkout` with a canary of these steps, and an AnalysisTemplate `judge` of this metric. */
export function checkoutWith({
  steps,
  metric = { provider: { plugin: { "coalmine/analysis": quickSpec } } },
  canary = {},
  template = {},
  spec = {},
}: {
  readonly steps: readonly unknown[];
  readonly metric?: Readonly<Record<string, unknown>>;
  /** Further keys of `strategy.canary`, of the template's spec and of the Rollout's. */
  readonly canary?: Readonly<Record<string, unknown>>;
  readonly template?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}): string {
  const manifests = [
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: { name: "judge" },
      spec: { ...template, metrics: [{ name: "coalmine", ...metric }] },
    },
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "checkout" },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: "checkout" } },
        template: {
          metadata: { labels: { app: "checkout" } },
          spec: { containers: [{ name: "web", image: "shop/checkout:1" }] },
        },
        strategy: { canary: { ...canary, steps } },
        ...spec,
      },
    },
  ];
  return manifests.map((manifest) => stringify(manifest)).join("---\n");
}

/** A step that runs the template `judge`. */
export const analysisStep = { analysis: { templates: [{ templateName: "judge" }] } } as const;
