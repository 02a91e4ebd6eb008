/** All that the examples need to run: Flagger, Coalmine, Prometheus for the cluster and for each region, pods that count, and a load tester that only listens. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { installServerAccount } from "../../../servers/install-server-account.ts";
import { type Flagger, startFlagger } from "../../../servers/start-flagger.ts";
import { startPrometheus } from "../../../servers/start-prometheus.ts";
import { sharedControlPlane } from "../../../support/control-plane.ts";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";
import { openTogether } from "../../../support/open-together.ts";
import { canaryPods } from "../../../support/pod-metrics/canary-traffic.ts";
import { startPodMetrics } from "../../../support/pod-metrics/pod-metrics.ts";
import { type CoalmineServer, startCoalmineServer } from "../../coalmine-server.ts";
import { type HookRecorder, startHookRecorder } from "../hook-recorder.ts";
import { exampleCases, specName, textOf } from "./example-cases.ts";
import { startPodStates } from "./pod-states.ts";
import { shareOut } from "./regions.ts";
import { type Places, scaledSpec } from "./scaled-time.ts";

export interface ExamplesStage {
  readonly flagger: Flagger;
  readonly coalmine: CoalmineServer;
  /** Answers every load test that it has begun. */
  readonly loadTester: HookRecorder;
  readonly places: Places;
  /** URL of the Prometheus of each region. */
  readonly regions: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What the names of namespaces start with whose pods' states nobody tells, as without kube-state-metrics. */
export const stateless = "stateless";

/** MindWeave's, as its Canary names them. */
const regions = ["us-east-1", "us-west-2", "eu-west-1"];

/** Starts all of it. @param api the administrator's. */
export async function openExamplesStage(api: KubernetesApi): Promise<ExamplesStage> {
  return await openTogether((opened) => fill(api, opened));
}

async function fill(api: KubernetesApi, opened: AsyncDisposableStack): Promise<ExamplesStage> {
  const pods = await startPodMetrics(api, canaryPods(api));
  opened.defer(() => pods.close());
  const states = await startPodStates(api);
  opened.defer(() => states.close());
  const untold = { source_labels: ["namespace"], regex: `${stateless}-.*`, action: "drop" };
  const ofStates = { ...states.scrapeConfig, metric_relabel_configs: [untold] };
  const prometheus = await startPrometheus({ scrapeConfigs: [pods.scrapeConfig, ofStates] });
  opened.defer(() => prometheus.stop());

  const inRegions = await startRegions(pods.scrapeConfig, opened);
  const loadTester = await startHookRecorder();
  opened.defer(() => loadTester.close());
  const account = await installServerAccount(api, sharedControlPlane());
  opened.defer(() => account.remove());
  const coalmine = await startCoalmineServer({
    sources: Object.fromEntries(
      Object.entries({ default: prometheus.url, ...inRegions }).map(([name, url]) => [
        name,
        { kind: "prometheus", url, ingestionDelay: "2s" },
      ]),
    ),
    kubernetes: account.settings,
    specsFolder: specsFolder(opened),
  });
  opened.defer(() => coalmine.close());
  const flagger = await startFlagger({ plane: sharedControlPlane(), metricsServer: prometheus.url });
  opened.defer(() => flagger.close());
  const places = {
    "coalmine.coalmine:8080": coalmine.url,
    "flagger-loadtester.flagger": loadTester.url,
    "prometheus.monitoring:9090": prometheus.url,
  };
  return { flagger, coalmine, loadTester, places, regions: inRegions, close: () => opened.disposeAsync() };
}

/** A Prometheus for each region, which sees the pods that are there. */
async function startRegions(
  ofAllPods: Readonly<Record<string, unknown>>,
  opened: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  const shares = await shareOut(ofAllPods, regions);
  for (const { close } of shares.values()) opened.defer(close);
  const started = [...shares].map(async ([region, { scrapeConfig }]) => {
    const prometheus = await startPrometheus({ scrapeConfigs: [scrapeConfig] });
    opened.defer(() => prometheus.stop());
    return [region, prometheus.url] as const;
  });
  return Object.fromEntries(await Promise.all(started));
}

/** The specs of the examples as a mounted ConfigMap has them, their times scaled. */
function specsFolder(opened: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-specs-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  for (const { spec } of exampleCases) {
    if (spec === undefined) continue;
    writeFileSync(join(folder, `${specName(spec)}.yaml`), stringify(scaledSpec(parse(textOf(spec)))));
  }
  return folder;
}
