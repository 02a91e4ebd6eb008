/** plugins/flagger/server and plugins/server are held to the code: what its files say of each other, of the server and of the settings is so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { chooseDatabase } from "../../src/app/settings/database-settings.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { readManifests } from "../support/read-manifests.ts";
import {
  generatedConfigMaps,
  readKustomization,
  serverFolder,
  serverManifests,
} from "../support/server-manifests.ts";

const read = (file: string) => readFileSync(join(serverFolder, file), "utf8");

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal("http") }) });
const container = z.object({
  image: z.string(),
  args: z.tuple([z.literal("--config"), z.string()]),
  ports: z.tuple([z.object({ name: z.literal("http"), containerPort: z.number() })]),
  startupProbe: probe.extend({ periodSeconds: z.number(), failureThreshold: z.number() }),
  livenessProbe: probe,
  readinessProbe: probe,
  volumeMounts: z.array(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.literal(true).optional() }),
  ),
});
const volume = z.object({
  name: z.string(),
  configMap: z.object({ name: z.string() }).optional(),
  secret: z.object({ secretName: z.string() }).optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
});
const deploymentSchema = z.object({
  metadata: z.object({ namespace: z.string() }),
  spec: z.object({
    replicas: z.literal(1),
    strategy: z.object({ type: z.literal("Recreate") }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.tuple([container]),
        volumes: z.array(volume),
      }),
    }),
  }),
});
const serviceSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: z.record(z.string(), z.string()),
    ports: z.tuple([z.object({ port: z.number(), targetPort: z.literal("http") })]),
  }),
});

const podTimes = z.object({ terminationGracePeriodSeconds: z.number() });
const overlayKustomization = z.strictObject({
  apiVersion: z.literal("kustomize.config.k8s.io/v1beta1"),
  kind: z.literal("Kustomization"),
  namespace: z.string(),
  resources: z.array(z.string()),
  patches: z.array(z.strictObject({ path: z.string() })),
});
const antiAffinityWish = z.object({
  podAffinityTerm: z.object({
    topologyKey: z.string(),
    labelSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  }),
});
const overlaySchema = z.object({
  spec: z.object({
    replicas: z.number(),
    template: z.object({
      spec: z.object({
        affinity: z.object({
          podAntiAffinity: z.object({
            preferredDuringSchedulingIgnoredDuringExecution: z.array(antiAffinityWish),
          }),
        }),
        containers: z.tuple([
          z.object({
            name: z.string(),
            env: z.tuple([z.looseObject({ name: z.literal("DATABASE_URL") })]),
            lifecycle: z.object({
              preStop: z.object({ exec: z.object({ command: z.tuple([z.string(), z.string()]) }) }),
            }),
            volumeMounts: z.array(z.looseObject({})),
          }),
        ]),
        volumes: z.array(z.looseObject({})),
      }),
    }),
  }),
});
const claimSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ accessModes: z.tuple([z.literal("ReadWriteOnce")]) }),
});

const [deploymentManifest, claimManifest, serviceManifest] = serverManifests("deployment.yaml");
const deployment = deploymentSchema.parse(deploymentManifest);
const service = serviceSchema.parse(serviceManifest);
const pod = deployment.spec.template;
const [server] = pod.spec.containers;
const settings = parse(read("coalmine.yaml"));

describe("the server's manifests", () => {
  it("are all there, in one namespace", () => {
    const { resources, images, configMapGenerator, namespace } = readKustomization();
    const files = [...resources, ...configMapGenerator.flatMap((generated) => generated.files)];
    expect(files.filter((file) => !existsSync(join(serverFolder, file)))).toEqual([]);
    expect(images.map(({ name }) => name)).toEqual([server.image]);
    const commented = [...read("kustomization.yaml").matchAll(/^ {2}# - (\S+)$/gm)].map(
      ([, file = ""]) => file,
    );
    expect(commented).toEqual(["network-policy.yaml", "tokens.yaml", "token-review.yaml"]);
    for (const { kind, metadata } of [...resources, ...commented].flatMap(serverManifests))
      expect(metadata.namespace, kind).toBe(/^(Namespace|Cluster.*)$/.test(kind) ? undefined : namespace);
  });

  it("mount what the server is told to read, from what is there", () => {
    const mounts = server.volumeMounts.map(({ mountPath }) => `${mountPath}/`);
    const told = [
      server.args[1],
      settings.database.file,
      `${settings.specsFolder}/`,
      `${withTokens().access?.tokensFolder}/`,
    ];
    for (const path of told)
      expect(
        mounts.filter((mount) => path.startsWith(mount)),
        path,
      ).toHaveLength(1);
    expect(mounts).toHaveLength(told.length);
    expect(server.volumeMounts.map(({ name }) => name)).toEqual(pod.spec.volumes.map(({ name }) => name));
    const secret = z.object({
      metadata: z.object({ name: z.string() }),
      stringData: z.record(z.string(), z.string()),
    });
    const { metadata, stringData } = secret.parse(serverManifests("tokens.yaml")[0]);
    const wanted = pod.spec.volumes.flatMap((one) => one.configMap?.name ?? one.secret?.secretName ?? []);
    expect(wanted).toEqual([...generatedConfigMaps().map((one) => one.metadata.name), metadata.name]);
    const [name = "", entry = ""] = Object.entries(stringData)[0] ?? [];
    const access = { tokens: [{ name, ...Object(parse(entry)) }] };
    expect(readSettings({ access }, {}).access?.tokens).toMatchObject([{ name: "shop" }]);
  });

  it("keep the database on a volume that outlives the Pod", () => {
    const claim = claimSchema.parse(claimManifest);
    const [data] = pod.spec.volumes.filter((one) => one.persistentVolumeClaim !== undefined);
    expect(data?.persistentVolumeClaim?.claimName).toBe(claim.metadata.name);
    const mount = server.volumeMounts.find(({ name }) => name === data?.name);
    expect(dirname(readSettings(settings, {}).database.file ?? "")).toBe(mount?.mountPath);
    expect(mount?.readOnly).toBeUndefined();
  });

  it("lead the Service and the policy to where the server listens", () => {
    expect(settings.listen).toMatchObject({ host: "0.0.0.0", port: server.ports[0].containerPort });
    expect(
      `http://${service.metadata.name}.${deployment.metadata.namespace}:${service.spec.ports[0].port}`,
    ).toBe("http://coalmine.coalmine:8080");
    expect(pod.metadata.labels).toMatchObject(service.spec.selector);
    const [policy] = serverManifests("network-policy.yaml");
    expect(Object(policy)["spec"].podSelector.matchLabels).toEqual(service.spec.selector);
  });

  it("run the server under the account that has the rights", () => {
    const [account, role, binding] = serverManifests("rbac.yaml");
    const [review] = serverManifests("token-review.yaml");
    expect(Object(review).subjects).toEqual(Object(binding).subjects);
    expect(account?.metadata.name).toBe(pod.spec.serviceAccountName);
    expect(Object(binding)).toMatchObject({
      roleRef: { kind: "ClusterRole", name: role?.metadata.name },
      subjects: [
        { kind: "ServiceAccount", name: account?.metadata.name, namespace: account?.metadata.namespace },
      ],
    });
  });

  it("bring settings that the server takes, with what is commented out too", () => {
    expect(Object.keys(readSettings(settings, {}).sources)).toEqual(["default"]);
    expect(readSettings(settings, {}).access?.mode).toBe("off");
    expect(withTokens().access).toMatchObject({ mode: "on", serviceAccounts: { audience: "coalmine" } });
  });
});

describe("plugins/server", () => {
  const folder = join(serverFolder, "../../server");
  const readOverlay = (file: string) => readFileSync(join(folder, file), "utf8");
  const [patch] = readManifests(readOverlay("replicas.yaml"));
  const { replicas, template } = overlaySchema.parse(patch).spec;
  const [patched] = template.spec.containers;

  it("has every file that it names, and names every file that it has", () => {
    const { resources, patches } = overlayKustomization.parse(parse(readOverlay("kustomization.yaml")));
    const [base, ...others] = resources;
    expect(join(folder, base ?? "")).toBe(serverFolder);
    const commented = [...readOverlay("kustomization.yaml").matchAll(/^ {2}# - (\S+)$/gm)].map(
      ([, file]) => file,
    );
    const named = [...others, ...commented, ...patches.map(({ path }) => path)];
    const there = readdirSync(folder).filter((file) => !["README.md", "kustomization.yaml"].includes(file));
    expect(named.toSorted()).toEqual(there.toSorted());
  });

  it("changes what one server keeps to itself, by the names that it has there", () => {
    const { name, namespace } = Object(deploymentManifest).metadata;
    expect(patch).toMatchObject({ kind: "Deployment", metadata: { name, namespace } });
    expect(patched.name).toBe(Object(deploymentManifest).spec.template.spec.containers[0].name);
    const dropped = (entries: readonly object[]) => entries.filter((entry) => "$patch" in entry);
    expect(dropped(template.spec.volumes)).toMatchObject([{ name: "data" }]);
    expect(dropped(patched.volumeMounts)).toMatchObject([
      { mountPath: dirname(readSettings(settings, {}).database.file ?? "") },
    ]);
    const [claim] = readManifests(readOverlay("no-volume.yaml"));
    expect(claim?.metadata.name).toBe(claimSchema.parse(claimManifest).metadata.name);
  });

  it("gives the server an address that it takes above its settings", () => {
    const [{ name }] = patched.env;
    const [secret] = readManifests(readOverlay("database-secret.yaml"));
    const { url } = z.object({ stringData: z.object({ url: z.string() }) }).parse(secret).stringData;
    const read = readSettings(settings, { [name]: url });
    expect(chooseDatabase(read.database, {})).toEqual({ kind: "postgres", url });
  });

  it("leaves a Pod the time to be taken out of the Service and to drain, and the schema the time to be made", () => {
    const { terminationGracePeriodSeconds: grace } = podTimes.parse(
      Object(deploymentManifest).spec.template.spec,
    );
    const [sleep, seconds] = patched.lifecycle.preStop.exec.command;
    expect(sleep).toBe("sleep");
    // The server's own stop takes ten seconds at most: docs/operations.md.
    expect(Number(seconds) + 10).toBeLessThanOrEqual(grace);
    const { httpGet, periodSeconds, failureThreshold } = server.startupProbe;
    expect(httpGet.path).toBe("/healthz");
    expect(periodSeconds * failureThreshold).toBe(600);
  });

  it("spreads replicas by the label that their Pods have", () => {
    expect(replicas).toBe(3);
    const { preferredDuringSchedulingIgnoredDuringExecution: wishes } =
      template.spec.affinity.podAntiAffinity;
    for (const { podAffinityTerm } of wishes)
      expect(pod.metadata.labels).toMatchObject(podAffinityTerm.labelSelector.matchLabels);
    expect(wishes.map(({ podAffinityTerm }) => podAffinityTerm.topologyKey)).toEqual([
      "kubernetes.io/hostname",
      "topology.kubernetes.io/zone",
    ]);
  });
});

describe("the Dockerfile", () => {
  it("copies what its context has and nothing else", () => {
    const ignored = read("Dockerfile.dockerignore").trim().split("\n");
    const kept = ignored.slice(1).map((line) => line.replace(/^!/, ""));
    expect(ignored[0]).toBe("*");
    const copied = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    expect(new Set(copied)).toEqual(new Set(kept));
    expect(copied.filter((name) => !existsSync(name))).toEqual([]);
  });
});

/** The settings with their example of access control switched on. */
function withTokens() {
  const text = read("coalmine.yaml")
    .replace(/^access: .*\n/m, "")
    .replace(/^# (access:\n)((?:# {3}.*\n)+)/m, (_, head: string, rest: string) => {
      return head + rest.replaceAll(/^# /gm, "");
    });
  return readSettings(parse(text), {});
}
