/** The manifests of plugins/flagger/server and plugins/server, put together by kustomize and taken by a real Kubernetes without a word against them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildKustomize } from "../../servers/build-kustomize.ts";
import { runCommand } from "../../servers/run-command.ts";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi, type Manifest } from "../../support/kubernetes-api.ts";
import { readManifests } from "../../support/read-manifests.ts";
import { generatedConfigMaps, serverManifests } from "../../support/server-manifests.ts";

const plugins = join(import.meta.dirname, "../../../plugins");

let admin: KubernetesApi;
let namespace: string;
/** By their folder. */
const built = new Map<string, readonly Manifest[]>();

beforeAll(async () => {
  const kustomize = await buildKustomize();
  for (const folder of ["flagger/server", "server"])
    built.set(folder, readManifests(await runCommand(kustomize, ["build", join(plugins, folder)])));
  admin = createKubernetesApi(sharedControlPlane());
  // As its own manifest has it, under another name: here Pods are held to what it says of them.
  const labels = serverManifests("namespace.yaml")[0]?.metadata.labels ?? {};
  const metadata = { generateName: "coalmine-", labels };
  namespace = (await admin.create({ apiVersion: "v1", kind: "Namespace", metadata })).metadata.name;
  await admin.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coalmine", namespace } });
});

afterAll(async () => {
  await admin.delete({ kind: "Namespace", name: namespace });
  await admin.close();
});

const kindsOfAll = [
  "Namespace",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "Service",
];

describe.each([
  ["flagger/server", ["Deployment", "PersistentVolumeClaim"]],
  ["server", ["Deployment", "PodDisruptionBudget"]],
])("the manifests of plugins/%s", (folder, kinds) => {
  const manifests = () => built.get(folder) ?? [];
  const ofKind = (kind: string) => manifests().filter((manifest) => manifest.kind === kind);

  it("are of every kind that an installation needs", () => {
    expect(new Set(manifests().map(({ kind }) => kind))).toEqual(new Set([...kindsOfAll, ...kinds]));
  });

  it("are taken by the API server in a dry run with strict validation", async () => {
    for (const manifest of manifests())
      await expect(dryRun(manifest), `${manifest.kind}/${manifest.metadata.name}`).resolves.toMatchObject({
        kind: manifest.kind,
      });
    const [deployment] = ofKind("Deployment");
    const misspelt = { ...deployment, spec: { ...Object(deployment).spec, replcias: 1 } };
    await expect(dryRun(misspelt as Manifest)).rejects.toThrow("replcias");
  });

  it("make Pods that the restricted profile lets in", async () => {
    const { template } = Object(ofKind("Deployment")[0])["spec"];
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "coalmine" }, spec: template.spec };
    await expect(dryRun(pod)).resolves.toMatchObject({ kind: "Pod" });
    const root = { ...pod, spec: { ...template.spec, securityContext: {} } };
    await expect(dryRun(root)).rejects.toThrow("restricted");
  });

  it("hold the ConfigMaps that the kustomization is read to generate, and name them by their hash", () => {
    const data = ofKind("ConfigMap").map((configMap) => Object(configMap)["data"]);
    expect(data).toHaveLength(2);
    expect(data).toEqual(expect.arrayContaining(generatedConfigMaps().map((one) => Object(one)["data"])));
    const settings = ofKind("ConfigMap").find(({ metadata }) =>
      metadata.name?.startsWith("coalmine-settings-"),
    );
    expect(JSON.stringify(ofKind("Deployment"))).toContain(`"${settings?.metadata.name}"`);
  });
});

describe("the manifests of examples", () => {
  it.each([
    ["flagger/server/network-policy.yaml"],
    ["flagger/server/tokens.yaml"],
    ["flagger/server/token-review.yaml"],
    ["server/database-secret.yaml"],
  ])("are taken by the API server in a dry run with strict validation: %s", async (file) => {
    const manifests = readManifests(readFileSync(join(plugins, file), "utf8"));
    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests)
      await expect(dryRun(manifest)).resolves.toMatchObject({ kind: manifest.kind });
  });
});

const replicas = z.object({
  metadata: z.object({ namespace: z.literal("coalmine") }),
  spec: z.object({
    replicas: z.literal(3),
    strategy: z.object({ type: z.literal("RollingUpdate") }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        volumes: z.array(z.looseObject({ name: z.string() })),
        containers: z.tuple([
          z.object({
            env: z.array(z.unknown()),
            volumeMounts: z.array(z.object({ name: z.string(), readOnly: z.literal(true) })),
            securityContext: z.looseObject({ readOnlyRootFilesystem: z.literal(true) }),
            startupProbe: z.unknown(),
            livenessProbe: z.looseObject({
              httpGet: z.object({ path: z.literal("/healthz"), port: z.string() }),
            }),
            readinessProbe: z.looseObject({
              httpGet: z.object({ path: z.literal("/readyz"), port: z.string() }),
            }),
          }),
        ]),
      }),
    }),
  }),
});

describe("three replicas over PostgreSQL", () => {
  const [deploymentOf, budgetOf] = ["Deployment", "PodDisruptionBudget"].map(
    (kind) => () => Object(built.get("server")?.find((manifest) => manifest.kind === kind)),
  );

  it("keep nothing but in the database, whose address is a Secret's", () => {
    const { spec } = replicas.parse(deploymentOf?.()).spec.template;
    const [server] = spec.containers;
    expect(spec.volumes.map(({ name }) => name)).toEqual(["settings", "specs", "tokens"]);
    expect(JSON.stringify(spec.volumes)).not.toContain("persistentVolumeClaim");
    const [secret] = readManifests(readFileSync(join(plugins, "server/database-secret.yaml"), "utf8"));
    const [key] = Object.keys(Object(secret)["stringData"]);
    const secretKeyRef = { name: secret?.metadata.name, key };
    expect(server.env).toEqual([{ name: "DATABASE_URL", valueFrom: { secretKeyRef } }]);
  });

  it("are those that the budget keeps, and one of them may be away", () => {
    const { labels } = replicas.parse(deploymentOf?.()).spec.template.metadata;
    expect(budgetOf?.().spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: labels } });
    expect(budgetOf?.().metadata.namespace).toBe("coalmine");
  });
});

const ofTheCluster = ["Namespace", "ClusterRole", "ClusterRoleBinding"];

/** Creates nothing, and refuses what a real one would. */
function dryRun(manifest: Manifest): Promise<unknown> {
  const { apiVersion, kind } = manifest;
  const isNamespaced = !ofTheCluster.includes(kind);
  // Another test may have installed what belongs to no namespace; the account is there for the Pods.
  const isThere = !isNamespaced || kind === "ServiceAccount";
  const name = isThere ? `${manifest.metadata.name}-${namespace}` : manifest.metadata.name;
  const metadata = { ...manifest.metadata, name, ...(isNamespaced && { namespace }) };
  const base = `${apiVersion === "v1" ? "/api" : "/apis"}/${apiVersion}`;
  const place = isNamespaced ? `${base}/namespaces/${namespace}` : base;
  const plural = `${kind.toLowerCase().replace(/y$/, "ie")}s`;
  const path = `${place}/${plural}?dryRun=All&fieldValidation=Strict`;
  return admin.request("POST", path, { ...manifest, metadata });
}
