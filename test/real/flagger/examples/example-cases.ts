/** Which files of plugins/flagger make a release together, and what the test adds to them. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Manifest } from "../../../support/kubernetes-api.ts";
import { readManifests } from "../../../support/read-manifests.ts";
import { canaryManifests } from "../canary-manifests.ts";

const folder = join(import.meta.dirname, "../../../../plugins/flagger");

/** A Canary with what it needs. */
export interface ExampleCase {
  /** Below plugins/flagger; applied in this order, the Canary's last. */
  readonly files: readonly string[];
  /** A spec that its hooks name, in a file of the server's folder. */
  readonly spec?: string;
  /** Where people find why a bad release was rolled back: in an event of Coalmine's or, without hooks, the score in one of Flagger's. */
  readonly reason: "event" | "score";
  /** Pods of each version; a case with several regions has one in each. */
  readonly replicas?: number;
}

export const exampleCases: readonly ExampleCase[] = [
  { files: ["canaries/canary.yaml"], reason: "event" },
  { files: ["canaries/ab-test.yaml"], reason: "event" },
  { files: ["canaries/blue-green.yaml"], reason: "event" },
  { files: ["canaries/mirror.yaml"], reason: "event" },
  { files: ["metric-templates/coalmine.yaml", "canaries/metric-only.yaml"], reason: "score" },
  { files: ["canaries/kosmos/canary.yaml"], reason: "event" },
  {
    files: ["canaries/kosmos/blue-green.yaml"],
    spec: "canaries/kosmos/kosmos-blue-green.yaml",
    reason: "event",
  },
  {
    files: ["canaries/mindweave/metric-template.yaml", "canaries/mindweave/canary.yaml"],
    reason: "event",
    replicas: 3,
  },
];

/** All that there are, below plugins/flagger. */
export const exampleFiles = globSync("{canaries,metric-templates}/**/*.yaml", { cwd: folder }).toSorted();

export function textOf(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** The manifests of one file. */
export function manifestsOf(file: string): readonly Manifest[] {
  return readManifests(textOf(file));
}

/** The name under which the server knows a spec's file. */
export function specName(file: string): string {
  return basename(file, ".yaml");
}

/** The Canary of a case, which each has once. */
export function canaryOf({ files }: Pick<ExampleCase, "files">): Manifest & { readonly name: string } {
  const [canary, ...others] = files.flatMap(manifestsOf).filter(({ kind }) => kind === "Canary");
  const name = canary?.metadata.name;
  if (canary === undefined || name === undefined || others.length > 0)
    throw new Error(`${files.join(", ")}: one Canary wanted`);
  return { ...canary, name };
}

/** What the Canary of a case releases. */
export function deploymentOf(one: ExampleCase): Manifest {
  const { name } = canaryOf(one);
  const { replicas = 2 } = one;
  const [deployment] = canaryManifests({ name, strategy: "weights", replicas });
  if (deployment?.kind !== "Deployment") throw new Error("a Deployment wanted");
  return deployment;
}

/** What the hooks of a case ask the load tester to run. */
export function loadTestsOf(one: ExampleCase): readonly string[] {
  return [...JSON.stringify(canaryOf(one)["spec"]).matchAll(/"cmd":"([^"]+)"/g)].map(([, cmd = ""]) => cmd);
}
