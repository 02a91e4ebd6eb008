/** A small Kubernetes on 127.0.0.1: a real API server, controllers and scheduler, and nodes that only pretend. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  createKubernetesApi,
  type KubernetesAccess,
  type KubernetesApi,
  type Manifest,
} from "../support/kubernetes-api.ts";
import { listOf } from "../support/kubernetes-json.ts";
import { readManifests } from "../support/read-manifests.ts";
import { buildControlPlane, type ControlPlanePrograms } from "./build-control-plane.ts";
import { flaggerCrds } from "./flagger-crds.ts";
import { freePort } from "./free-port.ts";
import { istioCrds } from "./istio-crds.ts";
import { type OwnProcess, startOwnProcess } from "./own-process.ts";
import { writeKubeconfig } from "./write-kubeconfig.ts";

/** Where a control plane is; plain data, so that it can be handed to another process. */
export interface ControlPlane extends KubernetesAccess {
  /** Path of a kubeconfig file of the administrator. */
  readonly kubeconfig: string;
}

/** A control plane that this process started. */
export interface RunningControlPlane extends ControlPlane {
  /** Ends every program of it and removes its data. */
  close(): Promise<void>;
}

/** Nodes that pods are put on; each takes 110 of them, as a real one does. */
const nodeCount = 3;

/**
 * Starts etcd, the API server (RBAC on), the controller manager, the scheduler
 * and three fake nodes whose pods are Ready at once, and creates the CRDs of Argo
 * Rollouts, those of Flagger and, with any content, those of Istio's VirtualService and
 * DestinationRule. Ready means: pods can be created. It takes about six seconds,
 * and 0.8 GiB of memory.
 */
export async function startControlPlane(): Promise<RunningControlPlane> {
  const programs = await buildControlPlane();
  const folder = mkdtempSync(join(tmpdir(), "coalmine-control-plane-"));
  const servers = startedServers();
  const close = async () => {
    await servers.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const plane = await startServers(programs, folder, servers);
    const api = createKubernetesApi(plane);
    const argoCrds = programs.argoCrds.flatMap((file) => readManifests(readFileSync(file, "utf8")));
    await fill(api, [...argoCrds, ...istioCrds, ...(await flaggerCrds())]);
    await api.close();
    return { ...plane, close };
  } catch (error) {
    await close();
    throw new Error(`the control plane could not be started; its programs said\n${servers.printed()}`, {
      cause: error,
    });
  }
}

/** The programs of a control plane, and the end of what each said. */
function startedServers() {
  const running: OwnProcess[] = [];
  const printed = new Map<string, string>();
  return {
    async start(program: string, args: readonly string[], ready: string | (() => Promise<boolean>)) {
      const onOutput = (text: string) => {
        printed.set(program, ((printed.get(program) ?? "") + text).slice(-1_000));
      };
      running.push(await startOwnProcess(program, args, ready, { onOutput }));
    },
    printed: () => [...printed].map(([program, text]) => `${basename(program)}: ${text}`).join("\n"),
    // A clean shutdown takes ten seconds and nobody needs the data.
    kill: () => Promise.all(running.map((one) => one.kill())),
  };
}

async function startServers(
  programs: ControlPlanePrograms,
  folder: string,
  servers: ReturnType<typeof startedServers>,
): Promise<ControlPlane> {
  const [etcdPort, peerPort, port, kwokPort] = await Promise.all([1, 2, 3, 4].map(freePort));
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  await servers.start(
    programs.etcd,
    flags({
      name: "etcd",
      "data-dir": join(folder, "etcd"),
      "listen-client-urls": etcd,
      "advertise-client-urls": etcd,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `etcd=${peer}`,
      "unsafe-no-fsync": "true",
      "log-level": "warn",
    }),
    `${etcd}/readyz`,
  );

  const { plane, accountKeys } = writeCredentials(folder, `https://127.0.0.1:${port}`);
  await servers.start(
    programs.apiServer,
    flags({
      "etcd-servers": etcd,
      "bind-address": "127.0.0.1",
      // Without it the server looks for a default route, and there is none where only `lo` is.
      "advertise-address": "127.0.0.1",
      "endpoint-reconciler-type": "none",
      "secure-port": `${port}`,
      "cert-dir": join(folder, "certificates"),
      "token-auth-file": join(folder, "tokens.csv"),
      "authorization-mode": "RBAC",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": accountKeys.public,
      "service-account-signing-key-file": accountKeys.private,
      "service-cluster-ip-range": "10.0.0.0/16",
    }),
    () => isReady(plane),
  );

  const asAdmin = { kubeconfig: plane.kubeconfig, "kube-api-qps": "200", "kube-api-burst": "400" };
  const noServer = { "secure-port": "0", "leader-elect": "false" };
  const stages = programs.kwokStages.map((stage) => `--config=${stage}`);
  await Promise.all([
    servers.start(
      programs.controllerManager,
      flags({
        ...asAdmin,
        ...noServer,
        // Fake nodes on a busy machine: a late heartbeat must not take a test's pods away.
        "node-monitor-grace-period": "24h",
        "service-account-private-key-file": accountKeys.private,
        "root-ca-file": plane.caFile,
      }),
      started,
    ),
    servers.start(programs.scheduler, flags({ ...asAdmin, ...noServer }), started),
    servers.start(
      programs.kwok,
      [
        ...flags({
          kubeconfig: plane.kubeconfig,
          "manage-all-nodes": "true",
          "server-address": `127.0.0.1:${kwokPort}`,
        }),
        ...stages,
      ],
      `http://127.0.0.1:${kwokPort}/healthz`,
    ),
  ]);
  return plane;
}

/** These serve nothing that could be asked; that they work shows in the objects, which `fill` waits for. */
const started = async () => true;

function writeCredentials(folder: string, api: string) {
  const token = randomBytes(16).toString("hex");
  writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`);
  const accountKeys = { private: join(folder, "accounts.key"), public: join(folder, "accounts.pub") };
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writeFileSync(accountKeys.private, pair.privateKey, { mode: 0o600 });
  writeFileSync(accountKeys.public, pair.publicKey);
  // The API server writes its certificate and the authority that signed it into one file.
  const caFile = join(folder, "certificates/apiserver.crt");
  const plane = { api, token, caFile, kubeconfig: join(folder, "kubeconfig") };
  writeKubeconfig(plane.kubeconfig, plane);
  return { plane, accountKeys };
}

async function isReady(plane: ControlPlane): Promise<boolean> {
  try {
    const api = createKubernetesApi(plane);
    await api.get({ kind: "Namespace", name: "default" });
    await api.close();
    return true;
  } catch {
    return false;
  }
}

async function fill(api: KubernetesApi, crds: readonly Manifest[]): Promise<void> {
  const nodes = Array.from({ length: nodeCount }, (_, index) => fakeNode(`node-${index + 1}`));
  const manifests = [...crds, ...nodes];
  const created = await Promise.all(manifests.map((manifest) => api.create(manifest)));
  const deadline = performance.now() + 120_000;
  while (
    !(await isFilled(
      api,
      created.map(({ metadata }) => metadata.name),
    ))
  ) {
    if (performance.now() > deadline) throw new Error("the control plane was not ready within 120 s");
    await sleep(50);
  }
}

function fakeNode(name: string): Manifest {
  const capacity = { cpu: "64", memory: "256Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
    status: { capacity, allocatable: capacity },
  };
}

/** Pods can be created: every node is Ready, every CRD is served, and there is an account for them to run as. */
async function isFilled(api: KubernetesApi, names: readonly string[]): Promise<boolean> {
  const account = await api.find({ kind: "ServiceAccount", namespace: "default", name: "default" });
  if (account === null) return false;
  const kinds = [await api.list({ kind: "Node" }), await api.list({ kind: "CustomResourceDefinition" })];
  const ready = kinds.flat().filter((object) => {
    const { conditions } = withConditions.parse(object).status;
    return conditions.some(({ type, status }) => /^(Ready|Established)$/.test(type) && status === "True");
  });
  return names.every((name) => ready.some(({ metadata }) => metadata.name === name));
}

const withConditions = z.looseObject({
  status: z
    .looseObject({
      conditions: listOf(z.looseObject({ type: z.string(), status: z.string() })),
    })
    .default({ conditions: [] }),
});

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
