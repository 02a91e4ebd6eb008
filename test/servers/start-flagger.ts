/** Flagger's own controller, as its chart runs it: its own account and rights, one process for each namespace it looks after. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubernetesApi, type KubernetesApi } from "../support/kubernetes-api.ts";
import { createKubernetesNamespace, type KubernetesNamespace } from "../support/kubernetes-namespace.ts";
import { waitUntil } from "../support/wait-until.ts";
import { buildFlagger } from "./build-flagger.ts";
import { freePort } from "./free-port.ts";
import { type OwnProcess, startOwnProcess } from "./own-process.ts";
import { installAccount, removeAccount, writeServiceAccount } from "./service-account.ts";
import type { ControlPlane } from "./start-control-plane.ts";
import { writeKubeconfig } from "./write-kubeconfig.ts";

/** What Flagger is given. */
export interface FlaggerOptions {
  readonly plane: ControlPlane;
  /** URL of the Prometheus that its built-in metrics ask; a Canary's `spec.metricsServer` goes before it. */
  readonly metricsServer: string;
  /**
   * The provider of Canaries that name none; `istio` if left out. A Canary's `spec.provider` goes before it, so
   * that one Flagger runs all strategies: weights, A/B and mirrors on `istio`, blue-green on `kubernetes`.
   */
  readonly meshProvider?: string;
  /** Added to its environment, as `HTTP_PROXY` or `EVENT_WEBHOOK_URL`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags, as in `-event-webhook=http://127.0.0.1:40123`. */
  readonly flags?: readonly string[];
}

/** An installation of Flagger. */
export interface Flagger {
  /** Namespace of its account. */
  readonly installNamespace: string;
  /** The API with the rights that Flagger has, no more. */
  readonly api: KubernetesApi;
  /**
   * A new namespace with a Flagger process that looks after its Canaries, and no others: so several
   * installations can share a cluster.
   *
   * @param name what its generated name starts with.
   */
  createNamespace(name: string): Promise<KubernetesNamespace>;
  /** What its processes have printed so far, over all their starts: lines of JSON. */
  log(): string;
  /** Ends every process as Kubernetes does (SIGTERM). */
  stop(): Promise<void>;
  /** Ends every process as a lost node does (SIGKILL). */
  kill(): Promise<void>;
  /** Starts them again after `stop` or `kill`; each running Canary gets a tick at once. */
  start(): Promise<void>;
  /** Ends them, removes the installation and the namespaces made through it. */
  close(): Promise<void>;
}

/**
 * Installs Flagger with the account and cluster role of its release; a process starts with each namespace that is
 * made through it, in about a second. It listens on every address of this network: use a network of its own.
 */
export async function startFlagger(options: FlaggerOptions): Promise<Flagger> {
  const { plane } = options;
  const programs = await buildFlagger();
  const admin = createKubernetesApi(plane);
  const installNamespace = `flagger-${randomBytes(4).toString("hex")}`;
  const folder = mkdtempSync(join(tmpdir(), "coalmine-flagger-"));
  const processes: FlaggerProcess[] = [];
  const namespaces: KubernetesNamespace[] = [];
  let log = "";

  await installAccount(admin, [programs.rbac], installNamespace);
  const { access } = await writeServiceAccount(
    admin,
    plane,
    { namespace: installNamespace, name: "flagger" },
    folder,
  );
  const kubeconfig = join(folder, "kubeconfig");
  writeKubeconfig(kubeconfig, access);
  const api = createKubernetesApi(access);
  // Rights take a moment to be known to the API server, and Flagger ends when it may not list Canaries at its start.
  await waitUntil(
    {
      what: "Flagger may list Canaries",
      read: () => api.list({ kind: "Canary" }).catch(String),
      until: (answer) => typeof answer !== "string",
      seconds: 60,
    },
    async () => [],
  );
  const all = (each: (process: FlaggerProcess) => Promise<void>) => Promise.all(processes.map(each));

  return {
    installNamespace,
    api,
    async createNamespace(name) {
      const namespace = await createKubernetesNamespace(admin, name);
      namespaces.push(namespace);
      const process = flaggerProcess({
        program: programs.flagger,
        flags: [
          `-kubeconfig=${kubeconfig}`,
          `-namespace=${namespace.name}`,
          `-metrics-server=${options.metricsServer}`,
          `-mesh-provider=${options.meshProvider ?? "istio"}`,
          // How soon a new Canary gets its first tick; the time between ticks is the Canary's own, ten seconds at least.
          "-control-loop-interval=1s",
          ...(options.flags ?? []),
        ],
        env: { PATH: globalThis.process.env["PATH"] ?? "", HOME: folder, ...options.env },
        onOutput: (text) => {
          log += text;
        },
      });
      processes.push(process);
      await process.start();
      return namespace;
    },
    log: () => log,
    stop: async () => void (await all((process) => process.stop())),
    kill: async () => void (await all((process) => process.kill())),
    start: async () => void (await all((process) => process.start())),
    async close() {
      await all((process) => process.kill());
      await Promise.all(namespaces.map((namespace) => namespace.remove()));
      await removeAccount(admin, installNamespace);
      await Promise.all([api.close(), admin.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface FlaggerProcess {
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

function flaggerProcess(options: {
  readonly program: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (text: string) => void;
}): FlaggerProcess {
  const { program, flags, env, onOutput } = options;
  let running: OwnProcess | null = null;
  return {
    async start() {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/healthz`;
      running = await startOwnProcess(program, [...flags, `-port=${port}`], url, { env, onOutput });
    },
    stop: async () => running?.stop(),
    kill: async () => running?.kill(),
  };
}
