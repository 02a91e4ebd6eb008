/** The plugins that a controller's ConfigMap names, as its own code reads them. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import * as z from "zod";

/** PluginItem of argo-rollouts, with the expression that its names must match. */
const plugin = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9-]+\/[a-zA-Z0-9_.-]+$/),
  location: z.string(),
  args: z.array(z.string()),
});

const configMap = z.object({
  kind: z.literal("ConfigMap"),
  metadata: z.object({ name: z.literal("argo-rollouts-config") }),
  data: z.strictObject({ metricProviderPlugins: z.string(), stepPlugins: z.string() }),
});

export type ConfiguredPlugin = z.output<typeof plugin>;

/** By the word that the controller starts each kind with. @throws Error unless there is one of each kind. */
export async function readConfiguredPlugins(
  path: string,
): Promise<{ readonly metricprovider: ConfiguredPlugin; readonly step: ConfiguredPlugin }> {
  const { data } = configMap.parse(parse(await readFile(path, "utf8")));
  const only = (list: string) => z.tuple([plugin]).parse(parse(list))[0];
  return { metricprovider: only(data.metricProviderPlugins), step: only(data.stepPlugins) };
}
