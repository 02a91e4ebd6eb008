/** Flagger's kinds: Canary, MetricTemplate, AlertProvider. */
import { readFileSync } from "node:fs";
import type { Manifest } from "../support/kubernetes-api.ts";
import { readManifests } from "../support/read-manifests.ts";
import { buildFlagger } from "./build-flagger.ts";

/** The CRDs of the pinned release; builds it first if need be. */
export async function flaggerCrds(): Promise<readonly Manifest[]> {
  const { crds } = await buildFlagger();
  return readManifests(onOneLine(readFileSync(crds, "utf8")));
}

/** The release's file is YAML to Go only: quoted texts go on in lines that are not indented, which YAML 1.2 forbids. */
function onOneLine(yaml: string): string {
  return yaml.replaceAll(/description: '[^']*'/g, (text) => text.replaceAll(/\n\s+/g, " "));
}
