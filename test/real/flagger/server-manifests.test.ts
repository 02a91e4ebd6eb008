/** The manifests of plugins/flagger/server, taken by a real Kubernetes without a word against them. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi, type Manifest } from "../../support/kubernetes-api.ts";
import { generatedConfigMaps, serverFolder, serverManifests } from "../../support/server-manifests.ts";

const notManifests = ["kustomization.yaml", "coalmine.yaml"];
const files = readdirSync(serverFolder).filter(
  (name) => name.endsWith(".yaml") && !notManifests.includes(name),
);
const manifests = [...files.flatMap(serverManifests), ...generatedConfigMaps()];

let admin: KubernetesApi;
let namespace: string;

beforeAll(async () => {
  admin = createKubernetesApi(sharedControlPlane());
  // As its own manifest has it, under another name: here Pods are held to what it says of them.
  const [manifest] = serverManifests("namespace.yaml");
  const labels = manifest?.metadata.labels ?? {};
  const metadata = { generateName: "coalmine-", labels };
  namespace = (await admin.create({ apiVersion: "v1", kind: "Namespace", metadata })).metadata.name;
});

afterAll(async () => {
  await admin.delete({ kind: "Namespace", name: namespace });
  await admin.close();
});

describe("the manifests of the server", () => {
  it("are of every kind that an installation needs", () => {
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(
      new Set([
        ...["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Deployment", "Service"],
        ...["NetworkPolicy", "Secret", "ConfigMap", "PersistentVolumeClaim"],
      ]),
    );
  });

  it.each(manifests.map((manifest) => [`${manifest.kind}/${manifest.metadata.name}`, manifest] as const))(
    "are taken by the API server in a dry run with strict validation: %s",
    async (_, manifest) => {
      await expect(dryRun(manifest)).resolves.toMatchObject({ kind: manifest.kind });
    },
  );

  it("make Pods that the restricted profile lets in", async () => {
    const [deployment] = manifests.filter(({ kind }) => kind === "Deployment");
    const { template } = Object(deployment)["spec"];
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "coalmine" }, spec: template.spec };
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coalmine", namespace } };
    await admin.create(account);
    await expect(dryRun(pod)).resolves.toMatchObject({ kind: "Pod" });
    const root = { ...pod, spec: { ...template.spec, securityContext: {} } };
    await expect(dryRun(root)).rejects.toThrow("restricted");
  });
});

const ofTheCluster = ["Namespace", "ClusterRole", "ClusterRoleBinding"];

/** Creates nothing, and refuses what a real one would. */
function dryRun(manifest: Manifest): Promise<unknown> {
  const { apiVersion, kind } = manifest;
  const isNamespaced = !ofTheCluster.includes(kind);
  // Another test may have installed what belongs to no namespace.
  const name = isNamespaced ? manifest.metadata.name : `${manifest.metadata.name}-${namespace}`;
  const metadata = { ...manifest.metadata, name, ...(isNamespaced && { namespace }) };
  const base = `${apiVersion === "v1" ? "/api" : "/apis"}/${apiVersion}`;
  const place = isNamespaced ? `${base}/namespaces/${namespace}` : base;
  const plural = `${kind.toLowerCase().replace(/y$/, "ie")}s`;
  const path = `${place}/${plural}?dryRun=All&fieldValidation=Strict`;
  return admin.request("POST", path, { ...manifest, metadata });
}
