/** Hosts and a plugin's file for the tests of one file, ended when they are. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type ArgoVersion, argoVersions, buildArgoHost } from "../../servers/build-argo-host.ts";
import { type ArgoHost, startArgoHost, writeLauncher } from "./argo-host.ts";

/** The names of the plugin in the controller's configuration. */
export const metricName = "coalmine/canary";
export const stepName = "coalmine/step";

/** A host with one program as its metric and its step plugin. */
export interface PluginUnderTest {
  readonly host: ArgoHost;
  /** The result of one call of the metric plugin; fails if the host could not call. */
  measure(method: string, fields: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The same of the step plugin. */
  step(method: string, fields: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The process id of the plugin of that kind, which is to run. */
  pidOf(cookie: "metricprovider" | "step"): Promise<number>;
  /** Resolves when the host's log holds the text. */
  logged(text: string): Promise<void>;
}

/**
 * @param command what the plugin's process becomes.
 * @param hostsEnd after each test, or with the file, for tests that share one.
 * @returns starts a host of that version; `args` are the plugin's in the controller's configuration.
 */
export function useArgoHost(command: readonly string[], hostsEnd: "each test" | "the file" = "each test") {
  const hosts = new Set<ArgoHost>();
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "coalmine-argo-plugin-"));
  });
  const endHosts = async () => {
    for (const host of hosts) await host.stop();
    hosts.clear();
  };
  if (hostsEnd === "each test") afterEach(endHosts);
  afterAll(async () => {
    await endHosts();
    rmSync(folder, { recursive: true });
  });

  return async (version: ArgoVersion, args: readonly string[] = []): Promise<PluginUnderTest> => {
    const file = writeLauncher(join(folder, "plugin"), command);
    const host = await startArgoHost(await buildArgoHost(version), [
      { kind: "metric", name: metricName, file, args },
      { kind: "step", name: stepName, file, args },
    ]);
    hosts.add(host);
    return { host, ...waysTo(host) };
  };
}

/** Every version of the controller, as a table of `describe.each`. */
export const everyVersion = argoVersions.map((version) => ({ version }));

function waysTo(host: ArgoHost): Omit<PluginUnderTest, "host"> {
  async function call(op: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { error, results = [] } = await host.tell(op, fields);
    if (error !== undefined) throw new Error(error);
    return results[0];
  }
  return {
    measure: (method, fields) => call("metric", { method, ...fields }),
    step: (method, fields) => call("step", { method, name: stepName, ...fields }),
    async pidOf(cookie) {
      const { processes = [] } = await host.tell("processes");
      const found = processes.find((one) => one.cookie === cookie);
      if (found === undefined) throw new Error(`no plugin runs as ${cookie}`);
      return found.pid;
    },
    async logged(text) {
      while (!host.log().includes(text)) await sleep(20);
    },
  };
}
