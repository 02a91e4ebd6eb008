/** All that the templates need to run: the stock controller with the shipped plugins, a Coalmine server, Prometheus, pods that count, Jobs that run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort, startOwnProcess } from "../../../servers/own-process.ts";
import { type ArgoController, startArgoController } from "../../../servers/start-argo-controller.ts";
import { startPrometheus } from "../../../servers/start-prometheus.ts";
import { sharedControlPlane } from "../../../support/control-plane.ts";
import type { KubernetesApi } from "../../../support/kubernetes-api.ts";
import { type JobPods, runJobPods } from "./job-pods.ts";
import { packagePlugins } from "./packaged-plugin.ts";
import { type PodMetrics, startPodMetrics } from "./pod-metrics.ts";
import type { Places } from "./scaled-time.ts";

export interface Stage {
  readonly argo: ArgoController;
  readonly pods: PodMetrics;
  readonly jobs: JobPods;
  readonly places: Places;
  close(): Promise<void>;
}

const serverProgram = join(import.meta.dirname, "../../../../src/bin/server.ts");

/** Starts all of it. @param api the administrator's. */
export async function openStage(api: KubernetesApi): Promise<Stage> {
  const opened = new AsyncDisposableStack();
  try {
    return await fill(api, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function fill(api: KubernetesApi, opened: AsyncDisposableStack): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-templates-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const pods = await startPodMetrics(api);
  opened.defer(() => pods.close());
  const prometheus = await startPrometheus({ scrapeConfigs: [pods.scrapeConfig] });
  opened.defer(() => prometheus.stop());
  const port = await freePort();
  const settings = join(folder, "coalmine.yaml");
  const sources = { default: { kind: "prometheus", url: prometheus.url, ingestionDelay: "2s" } };
  writeFileSync(settings, stringify({ listen: { port }, sources }));
  const url = `http://127.0.0.1:${port}`;
  const server = await startOwnProcess(
    process.execPath,
    [serverProgram, "--config", settings],
    `${url}/readyz`,
  );
  opened.defer(() => server.stop());
  const argo = await startArgoController({
    plane: sharedControlPlane(),
    ...(await packagePlugins(join(folder, "package"), settings)),
    flags: ["--traefik-api-group=traefik.io", "--traefik-api-version=traefik.io/v1alpha1"],
  });
  opened.defer(() => argo.close());
  const jobs = runJobPods(api);
  opened.defer(() => jobs.close());
  const places = { server: url, prometheus: prometheus.url };
  return { argo, pods, jobs, places, close: () => opened.disposeAsync() };
}
