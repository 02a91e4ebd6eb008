/** The plugin client of Argo Rollouts' controller, told what to do: a process of test/tools/argo-host. */
import { writeFileSync } from "node:fs";
import type { ArgoHostPrograms } from "../../servers/build-argo-host.ts";
import { startToldProcess, type ToldProcess } from "../told-process.ts";

/** A plugin as the controller's ConfigMap names it. */
export interface ConfiguredPlugin {
  readonly kind: "metric" | "step";
  /** As in `coalmine/canary`: two words. */
  readonly name: string;
  /** A file that can be executed; it is copied and its copy is run, as the controller does. */
  readonly file: string;
  readonly args?: readonly string[];
}

/** What came of a command; the fields are those of main.go. */
export interface HostAnswer {
  /** What kept the host from calling: the plugin could not be found, started or pinged. */
  readonly error?: string;
  /** One a call, as the Kubernetes API would store it. */
  readonly results?: readonly unknown[];
  /** One a call, with finding and pinging the plugin. */
  readonly ms?: readonly number[];
  readonly wallMs?: number;
  /** Milliseconds since a start. */
  readonly stages?: Readonly<Record<string, number>>;
  readonly processes?: readonly PluginProcess[];
}

/** A plugin that the host has started and that runs. */
export interface PluginProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  /** `metricprovider` or `step`. */
  readonly cookie: string;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** Processor time so far, in steps of 10 ms. */
  readonly cpuMs: number;
}

/** A host that runs; `tell` takes the commands of main.go. */
export type ArgoHost = ToldProcess<HostAnswer>;

/** Starts the host and configures its plugins. @throws Error if a plugin's name or file is none. */
export async function startArgoHost(
  { host: program }: ArgoHostPrograms,
  plugins: readonly ConfiguredPlugin[],
): Promise<ArgoHost> {
  const told = startToldProcess<HostAnswer>("argo-host", program, { POD_NAMESPACE: "argo-rollouts" });
  const host: ArgoHost = { ...told, stop: () => stopWithPlugins(told) };
  const configured = plugins.map(({ file, ...plugin }) => ({ ...plugin, location: `file://${file}` }));
  const { error } = await host.tell("configure", { plugins: configured });
  if (error === undefined) return host;
  await host.stop();
  throw new Error(`argo-host: ${error}`);
}

/** An executable file that becomes `command`, to which the host's arguments are added: the process it is started as remains. */
export function writeLauncher(file: string, command: readonly string[]): string {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return file;
}

async function stopWithPlugins(host: ArgoHost): Promise<void> {
  // A plugin that a test has frozen would not hear of its end.
  const { processes = [] } = await host.tell("processes");
  for (const { pid } of processes) process.kill(pid, "SIGCONT");
  await host.stop();
}
