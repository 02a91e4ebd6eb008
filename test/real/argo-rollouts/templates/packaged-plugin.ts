/** The plugins as they are shipped: the package, made from the sources as they stand, and the ConfigMap that is published with it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { runCommand } from "../../../servers/run-command.ts";
import type { ArgoPlugin } from "../../../servers/start-argo-controller.ts";

const repository = join(import.meta.dirname, "../../../..");

export interface PackagedPlugins {
  readonly metricPlugins: readonly ArgoPlugin[];
  readonly stepPlugins: readonly ArgoPlugin[];
}

/**
 * Makes the package in a folder, and answers what the ConfigMap of
 * plugins/argo-rollouts says, with its paths moved there.
 *
 * @param settings path of the plugin's settings file.
 */
export async function packagePlugins(folder: string, settings: string): Promise<PackagedPlugins> {
  const packager = join(repository, "tools/package-argo/package-argo.ts");
  await runCommand(process.execPath, [packager, "--out", folder]);
  const configMap = readFileSync(join(repository, "plugins/argo-rollouts/component/plugins.yaml"), "utf8");
  const moved = configMap
    .replaceAll("/plugins/coalmine/", `${folder}/`)
    .replaceAll("/plugins-settings/coalmine.yaml", settings);
  const { metricProviderPlugins, stepPlugins } = configMapSchema.parse(parse(moved)).data;
  return {
    metricPlugins: pluginsSchema.parse(parse(metricProviderPlugins)),
    stepPlugins: pluginsSchema.parse(parse(stepPlugins)),
  };
}

const configMapSchema = z.looseObject({
  data: z.strictObject({ metricProviderPlugins: z.string(), stepPlugins: z.string() }),
});

const pluginsSchema = z.array(
  z.strictObject({ name: z.string(), location: z.string(), args: z.array(z.string()) }),
);
