/** The plugins that are measured beside each other. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { writeLauncher } from "../../../test/real/argo-host/argo-host.ts";
import { bundlePlugin } from "../../package-argo/bundle.ts";

/** A metric plugin: how it is started, and what it is asked. */
export interface Contestant {
  readonly title: string;
  /** As the controller's configuration has it. */
  readonly name: string;
  /** An executable file, and its arguments. */
  readonly file: string;
  readonly args: readonly string[];
  /** A metric of a template, but for the name. */
  readonly metric: Readonly<Record<string, unknown>>;
}

const repository = join(import.meta.dirname, "../../..");

/** Where `npm run package:argo` puts what users install. */
export const packageFolder = join(repository, "dist/argo-plugin");

/** Argo's own sample in Go; each of its Runs is one query. */
export function goSample(program: string, prometheusUrl: string): Contestant {
  const name = "argoproj/sample-prometheus";
  const config = { address: prometheusUrl, query: "vector(1)" };
  return {
    title: "Argo's sample (Go)",
    name,
    file: program,
    args: [],
    metric: { successCondition: "result[0] >= 0.95", provider: { plugin: { [name]: config } } },
  };
}

/**
 * Ours, as shipped: the package, started as the controller starts it; where there
 * is none, the package's bundle made now, run by this Node.
 *
 * @param folder for what is made.
 */
export async function ours(folder: string, prometheusUrl: string): Promise<Contestant> {
  const name = "coalmine/analysis";
  const { title, file, args } = existsSync(packageFolder) ? packaged() : await bundled(folder);
  const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
  return {
    title,
    name,
    file,
    args: [...args, "--source", `default=${prometheusUrl}`],
    metric: { provider: { plugin: { [name]: { telemetry: "istio", cohorts } } } },
  };
}

/** Started as the manifest says, from where the package lies here and without its settings. */
function packaged(): Pick<Contestant, "title" | "file" | "args"> {
  const [plugin] = z
    .tuple([pluginEntry])
    .parse(parse(configMap.parse(parse(readFileSync(manifest, "utf8"))).data.metricProviderPlugins));
  const here = (path: string) => path.replace(/^(file:\/\/)?\/plugins\/coalmine/, packageFolder);
  const args = plugin.args.slice(0, plugin.args.indexOf("--settings")).map(here);
  return { title: "Coalmine (dist/argo-plugin)", file: here(plugin.location), args };
}

const manifest = join(repository, "plugins/argo-rollouts/component/plugins.yaml");
const configMap = z.object({ data: z.object({ metricProviderPlugins: z.string() }) });
const pluginEntry = z.object({ location: z.string(), args: z.array(z.string()) });

async function bundled(folder: string): Promise<Pick<Contestant, "title" | "file" | "args">> {
  await bundlePlugin(repository, folder);
  const file = writeLauncher(join(folder, "coalmine"), [process.execPath, join(folder, "plugin.js")]);
  return { title: "Coalmine (bundled here, not packaged)", file, args: [] };
}
