/** All that the templates need to run: the stock controller with the shipped plugins, a Coalmine server, Prometheus, pods that count, Jobs that run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type ArgoController, startArgoController } from "../../../servers/start-argo-controller.ts";
import { startPrometheus } from "../../../servers/start-prometheus.ts";
import { sharedControlPlane } from "../../../support/control-plane.ts";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";
import { openTogether } from "../../../support/open-together.ts";
import { type PodMetrics, startPodMetrics } from "../../../support/pod-metrics/pod-metrics.ts";
import { rolloutPods } from "../../../support/pod-metrics/rollout-traffic.ts";
import { startCoalmineServer } from "../../coalmine-server.ts";
import { type JobPods, runJobPods } from "./job-pods.ts";
import { packagePlugins } from "./packaged-plugin.ts";
import type { Places } from "./scaled-time.ts";

export interface Stage {
  readonly argo: ArgoController;
  readonly pods: PodMetrics;
  readonly jobs: JobPods;
  readonly places: Places;
  close(): Promise<void>;
}

/** Starts all of it. @param api the administrator's. */
export async function openStage(api: KubernetesApi): Promise<Stage> {
  return await openTogether((opened) => fill(api, opened));
}

async function fill(api: KubernetesApi, opened: AsyncDisposableStack): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-templates-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const pods = await startPodMetrics(api, rolloutPods);
  opened.defer(() => pods.close());
  const prometheus = await startPrometheus({ scrapeConfigs: [pods.scrapeConfig] });
  opened.defer(() => prometheus.stop());
  const settings = join(folder, "coalmine.yaml");
  const sources = { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "2s" } };
  writeFileSync(settings, stringify({ sources }));
  const server = await startCoalmineServer({ sources });
  opened.defer(() => server.close());
  const argo = await startArgoController({
    plane: sharedControlPlane(),
    ...(await packagePlugins(join(folder, "package"), settings)),
    flags: ["--traefik-api-group=traefik.io", "--traefik-api-version=traefik.io/v1alpha1"],
  });
  opened.defer(() => argo.close());
  const jobs = runJobPods(api);
  opened.defer(() => jobs.close());
  const places = { server: server.url, prometheus: prometheus.url };
  return { argo, pods, jobs, places, close: () => opened.disposeAsync() };
}
