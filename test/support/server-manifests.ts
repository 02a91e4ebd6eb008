/** The manifests of plugins/flagger/server, put together as its kustomization says. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Manifest } from "./kubernetes-api.ts";
import { readManifests } from "./read-manifests.ts";

/** Where they are. */
export const serverFolder = join(import.meta.dirname, "../../plugins/flagger/server");

/** One file's. */
export function serverManifests(file: string): readonly Manifest[] {
  return readManifests(readFileSync(join(serverFolder, file), "utf8"));
}

const kustomization = z.strictObject({
  apiVersion: z.literal("kustomize.config.k8s.io/v1beta1"),
  kind: z.literal("Kustomization"),
  namespace: z.string(),
  resources: z.array(z.string()),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })),
  configMapGenerator: z.array(
    z.strictObject({
      name: z.string(),
      files: z.array(z.string()),
      options: z.strictObject({ disableNameSuffixHash: z.boolean() }).optional(),
    }),
  ),
});

/** The kustomization itself; a key that is not known here is an error. */
export function readKustomization() {
  return kustomization.parse(parse(readFileSync(join(serverFolder, "kustomization.yaml"), "utf8")));
}

/** The ConfigMaps that it generates, without the hash in a name. */
export function generatedConfigMaps(): readonly Manifest[] {
  const { namespace, configMapGenerator } = readKustomization();
  return configMapGenerator.map(({ name, files }) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: Object.fromEntries(
      files.map((file) => [basename(file), readFileSync(join(serverFolder, file), "utf8")]),
    ),
  }));
}
