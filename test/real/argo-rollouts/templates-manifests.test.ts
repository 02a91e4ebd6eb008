/** The manifests of plugins/argo-rollouts are accepted by a real API server, each field known. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { sharedControlPlane } from "../../support/control-plane.ts";
import { createKubernetesApi, type KubernetesApi, type Manifest } from "../../support/kubernetes-api.ts";
import { createKubernetesNamespace, type KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { readManifests } from "../../support/read-manifests.ts";

const folder = join(import.meta.dirname, "../../../plugins/argo-rollouts");

/** What kustomize reads, and the settings, which Coalmine does. */
const notForTheApi = /kustomization\.yaml$|\/coalmine\.yaml$/;
const files = globSync("**/*.yaml", { cwd: folder }).filter((file) => !notForTheApi.test(file));
const manifests = files.flatMap((file) =>
  readManifests(readFileSync(join(folder, file), "utf8")).map((manifest) => ({
    title: `${manifest.kind} of ${file}`,
    file,
    manifest,
  })),
);
const isPatch = ({ manifest }: { readonly manifest: Manifest }) => manifest.kind === "Deployment";

let api: KubernetesApi;
let namespace: KubernetesNamespace;

beforeAll(() => {
  api = createKubernetesApi(sharedControlPlane());
});

afterAll(() => api.close());

beforeEach(async () => {
  namespace = await createKubernetesNamespace(api, "manifests");
  return () => namespace.remove();
});

it("are some", () => {
  expect(manifests.map(({ manifest }) => manifest.kind)).toEqual(
    expect.arrayContaining(["ConfigMap", "Deployment", "Role", "RoleBinding"]),
  );
});

it.each(manifests.filter((one) => !isPatch(one)))("$title is created", async ({ manifest }) => {
  const { metadata } = manifest;
  const [created] = await namespace.apply([
    { ...manifest, metadata: { ...metadata, namespace: namespace.name } },
  ]);
  expect(created?.metadata.name).toBe(metadata.name);
});

it.each([
  { files: ["component/controller.yaml"], brings: ["coalmine", "coalmine-settings"] },
  // A remote plugin is the other with more beside it.
  {
    files: ["component/controller.yaml", "remote/controller.yaml"],
    brings: ["coalmine", "coalmine-secrets", "coalmine-settings"],
  },
])(
  "the Deployments of $files change Argo's Deployment and leave what it has",
  async ({ files: patches, brings }) => {
    await namespace.apply([argoDeployment]);
    const path = `/apis/apps/v1/namespaces/${namespace.name}/deployments/argo-rollouts?fieldValidation=Strict`;
    let patched: unknown;
    for (const file of patches) {
      const { manifest } = manifests.find((one) => isPatch(one) && one.file === file) ?? {};
      patched = await api.request("PATCH", path, manifest, "application/strategic-merge-patch+json");
    }
    const pod = deploymentSchema.parse(patched).spec.template.spec;
    expect(pod.initContainers.map(({ name }) => name)).toEqual(["coalmine"]);
    expect(pod.containers.map(({ name, image }) => [name, image])).toEqual([
      ["argo-rollouts", "argo-rollouts:1"],
    ]);
    const mounted = pod.containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(mounted.toSorted()).toEqual([...brings, "plugin-bin", "tmp"]);
    expect(pod.volumes.map(({ name }) => name).toSorted()).toEqual(mounted.toSorted());
  },
);

/** As far as the patch touches it: names of Argo's install.yaml. */
const argoDeployment: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "argo-rollouts" },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: "argo-rollouts" } },
    template: {
      metadata: { labels: { app: "argo-rollouts" } },
      spec: {
        containers: [
          {
            name: "argo-rollouts",
            image: "argo-rollouts:1",
            volumeMounts: [
              { name: "plugin-bin", mountPath: "/home/argo-rollouts/plugin-bin" },
              { name: "tmp", mountPath: "/tmp" },
            ],
          },
        ],
        volumes: [
          { name: "plugin-bin", emptyDir: {} },
          { name: "tmp", emptyDir: {} },
        ],
      },
    },
  },
};

const named = z.looseObject({ name: z.string() });
const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        initContainers: z.array(named),
        containers: z.array(named.extend({ image: z.string(), volumeMounts: z.array(named) })),
        volumes: z.array(named),
      }),
    }),
  }),
});
