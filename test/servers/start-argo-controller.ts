/** Argo Rollouts' stock controller with plugins, as a cluster install runs it: its own account, rights and settings. */
import { randomBytes } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { stringify } from "yaml";
import { createKubernetesApi, type KubernetesApi } from "../support/kubernetes-api.ts";
import { createKubernetesNamespace, type KubernetesNamespace } from "../support/kubernetes-namespace.ts";
import type { RolloutState } from "../support/rollout.ts";
import { buildControlPlane } from "./build-control-plane.ts";
import { freePort } from "./free-port.ts";
import { type OwnProcess, startOwnProcess } from "./own-process.ts";
import { runCommand } from "./run-command.ts";
import {
  installAccount,
  removeAccount,
  type ServiceAccountFolder,
  writeServiceAccount,
} from "./service-account.ts";
import type { ControlPlane } from "./start-control-plane.ts";

/** A plugin as the ConfigMap names it. */
export interface ArgoPlugin {
  /** As in `argoproj/sample-prometheus`: also its key in an AnalysisTemplate or a step. */
  readonly name: string;
  /** Path of an executable file, or an http(s) URL; Argo copies it into `plugin-bin` and runs the copy. */
  readonly location: string;
  readonly sha256?: string;
  readonly args?: readonly string[];
}

/** What the controller is given. */
export interface ArgoControllerOptions {
  readonly plane: ControlPlane;
  readonly metricPlugins?: readonly ArgoPlugin[];
  readonly stepPlugins?: readonly ArgoPlugin[];
  /** Added to the environment of the controller, which its plugins inherit. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs and keeps `plugin-bin`; a new one in the temporary folder if left out. It is not removed if given. */
  readonly workingFolder?: string;
  /** Further flags, as in `--analysis-threads=1`. */
  readonly flags?: readonly string[];
  /** Whether it waits to be the leader: a replica added later takes over some 15 s after this one is gone. Off if left out. */
  readonly leaderElection?: boolean;
}

/** One controller process. */
export interface ArgoReplica {
  /** Folder it runs in. */
  readonly workingFolder: string;
  /** Its metrics, as in `http://127.0.0.1:40123/metrics`. */
  readonly metricsUrl: string;
  /** What it has printed so far, over all its starts; its plugins' stderr is in it at `--loglevel=debug`. */
  log(): string;
  /** Process ids of its plugins that live, orphans of a killed controller too; by default of all plugins. */
  pluginPids(name?: string): readonly number[];
  /** Whether it has started to work: at once without leader election, else once it leads. */
  isLeading(): boolean;
  /** Ends it as Kubernetes does (SIGTERM); it ends its plugins. */
  stop(): Promise<void>;
  /** Ends it as a lost node does (SIGKILL); its plugins live on unless they notice. */
  kill(): Promise<void>;
  /** Starts it again, in the same folder with the same settings, after `stop` or `kill`. */
  start(): Promise<void>;
}

/** An installation of Argo Rollouts, with its first controller running. */
export interface ArgoController extends ArgoReplica {
  /** Namespace it is installed in, with its ConfigMap, account and lease. */
  readonly installNamespace: string;
  /**
   * What a pod of it finds about its own account. The controller and its plugins find the same where a pod does, in
   * /var/run/secrets/kubernetes.io/serviceaccount, and KUBERNETES_SERVICE_HOST and _PORT in their environment.
   */
  readonly serviceAccount: ServiceAccountFolder;
  /** The API with the rights the controller and its plugins have, no more. */
  readonly api: KubernetesApi;
  /**
   * A new namespace whose Rollouts this controller looks after, and no other: what is created
   * through it is labelled for this installation, so that several can share a cluster.
   *
   * @param name what its generated name starts with.
   */
  createNamespace(name: string): Promise<KubernetesNamespace>;
  /**
   * Runs Argo's own command for people on a namespace and answers what it prints, without colours, as in
   * `command(shop.name, "get", "rollout", "checkout")` or `promote`, `abort`, `retry`. After one of these three it
   * waits until the controller has taken notice; the Rollout is the last argument.
   */
  command(namespace: string, ...args: readonly string[]): Promise<string>;
  /** A further controller of the same installation, in a folder of its own, as another pod. */
  addReplica(): Promise<ArgoReplica>;
  /** Ends every replica and every plugin, removes the installation and the namespaces made through it. */
  close(): Promise<void>;
}

/**
 * Installs the stock controller in a namespace of its own, with the account and
 * cluster role of a release's install.yaml, and starts it. Ready in about a second.
 *
 * @throws Error with the end of its log when it does not come up: a plugin that
 *   cannot be fetched ends it at the start.
 */
export async function startArgoController(options: ArgoControllerOptions): Promise<ArgoController> {
  const { plane } = options;
  const programs = await buildControlPlane();
  const admin = createKubernetesApi(plane);
  const installation = await install(admin, programs.argoRbac, options);
  const folder = mkdtempSync(join(tmpdir(), "coalmine-argo-"));
  const account = { namespace: installation.namespace, name: "argo-rollouts" };
  const serviceAccount = await writeServiceAccount(admin, plane, account, folder);
  const api = createKubernetesApi(serviceAccount.access);
  const replicas: ArgoReplica[] = [];
  const namespaces: KubernetesNamespace[] = [];

  async function addReplica(place: string): Promise<ArgoReplica> {
    mkdirSync(place, { recursive: true });
    const workingFolder = realpathSync(place);
    const replica = await startReplica({
      program: programs.rolloutsController,
      serviceAccount: serviceAccount.folder,
      workingFolder,
      flags: [
        `--instance-id=${installation.id}`,
        ...electionFlags(options.leaderElection ?? false),
        ...(options.flags ?? []),
      ],
      env: { ...podEnvironment(plane.api, folder), ...options.env },
    });
    replicas.push(replica);
    return replica;
  }

  const close = async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    for (const pid of replicas.flatMap(({ workingFolder }) => pidsWorkingIn(workingFolder))) endOrphan(pid);
    await Promise.all(namespaces.map((namespace) => namespace.remove()));
    await removeAccount(admin, installation.namespace);
    await Promise.all([api.close(), admin.close()]);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const first = await addReplica(options.workingFolder ?? join(folder, "replica-1"));
    return {
      ...first,
      installNamespace: installation.namespace,
      serviceAccount,
      api,
      async createNamespace(name) {
        const labels = { [instanceLabel]: installation.id };
        const namespace = await createKubernetesNamespace(admin, name, labels);
        namespaces.push(namespace);
        return namespace;
      },
      async command(namespace, ...args) {
        const rollout = namespaces.find(({ name }) => name === namespace)?.rollout(args.at(-1) ?? "");
        const isNoticed = noticeOf(args[0], await rollout?.read());
        const where = [`--namespace=${namespace}`, `--kubeconfig=${plane.kubeconfig}`];
        const printed = await runCommand(programs.kubectlArgoRollouts, [...args, ...where]);
        if (isNoticed !== null) await rollout?.waitUntilNoticed(`has noticed ${args[0]}`, isNoticed);
        return stripVTControlCharacters(printed);
      },
      addReplica: () => addReplica(join(folder, `replica-${replicas.length + 1}`)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the controller writes once it has taken notice of a command, by the Rollout before; null if it need not. */
function noticeOf(command = "", before?: RolloutState): ((now: RolloutState) => boolean) | null {
  switch (command) {
    case "abort":
      return ({ status }) => typeof status.abortedAt === "string";
    case "retry":
      return ({ status }) => typeof status.abortedAt !== "string";
    case "promote": {
      // The command itself ends the pause: the phase, or another pause, is the controller's word.
      const known = new Set(before?.status.pauseConditions.map(({ startTime }) => startTime));
      return ({ status }) =>
        status.phase !== "Paused" || status.pauseConditions.some(({ startTime }) => !known.has(startTime));
    }
    default:
      return null;
  }
}

/** Argo's label for "which controller looks after this", with `--instance-id`. */
const instanceLabel = "argo-rollouts.argoproj.io/controller-instance-id";

/** The namespace with all that install.yaml puts there but the Deployment, and the plugins' ConfigMap. */
async function install(admin: KubernetesApi, rbacFiles: readonly string[], options: ArgoControllerOptions) {
  const id = randomBytes(4).toString("hex");
  const namespace = `argo-rollouts-${id}`;
  await installAccount(admin, rbacFiles, namespace);
  const data = {
    metricProviderPlugins: stringify((options.metricPlugins ?? []).map(configured)),
    stepPlugins: stringify((options.stepPlugins ?? []).map(configured)),
  };
  const metadata = { name: "argo-rollouts-config", namespace };
  await admin.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
  return { id, namespace };
}

function configured({ location, ...rest }: ArgoPlugin) {
  return { ...rest, location: location.startsWith("/") ? pathToFileURL(location).href : location };
}

/** What a pod's environment holds, and nothing of this machine's but the path. */
function podEnvironment(api: string, home: string): Record<string, string> {
  const { hostname, port } = new URL(api);
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  };
}

function electionFlags(leaderElection: boolean): string[] {
  if (!leaderElection) return ["--leader-elect=false"];
  return [
    "--leader-elect=true",
    // Usual but for the last: a leader that a busy machine holds up for some seconds stays the leader.
    "--leader-election-lease-duration=15s",
    "--leader-election-renew-deadline=10s",
    "--leader-election-retry-period=500ms",
  ];
}

/**
 * Runs a program with a folder mounted where pods find their account. The mount is seen by
 * it and its children alone: each controller has its own. The process id stays.
 */
const asPod = ["--mount", "sh", "-c"];
const mountAccount = `
account=/var/run/secrets/kubernetes.io/serviceaccount
mount -t tmpfs tmpfs "$(readlink -f /var/run)" && mkdir -p $account && mount --bind "$1" $account && shift && exec "$@"`;

interface ReplicaOptions {
  readonly program: string;
  /** Folder that it finds as its service account's. */
  readonly serviceAccount: string;
  readonly workingFolder: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function startReplica(options: ReplicaOptions): Promise<ArgoReplica> {
  const { workingFolder } = options;
  const [healthPort, metricsPort] = await Promise.all([freePort(), freePort()]);
  const flags = [...options.flags, `--healthzPort=${healthPort}`, `--metricsPort=${metricsPort}`];
  const command = [...asPod, mountAccount, "sh", options.serviceAccount, options.program, ...flags];
  let log = "";
  let lastStart = 0;
  let running: OwnProcess | null = null;

  const replica: ArgoReplica = {
    workingFolder,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    log: () => log,
    pluginPids: (name) => pluginPids(workingFolder, name),
    isLeading: () => log.includes("Started controller", lastStart),
    stop: async () => running?.stop(),
    kill: async () => running?.kill(),
    async start() {
      lastStart = log.length;
      running = await startOwnProcess("unshare", command, `http://127.0.0.1:${healthPort}/healthz`, {
        cwd: workingFolder,
        env: options.env,
        onOutput: (text) => {
          log += text;
        },
      });
    },
  };
  await replica.start();
  return replica;
}

/** The processes that run a file under the folder's `plugin-bin`, whoever their parent is now. */
function pluginPids(workingFolder: string, name = ""): number[] {
  const file = join(workingFolder, "plugin-bin", name);
  const isPlugin = (word: string) => (name === "" ? word.startsWith(`${file}/`) : word === file);
  return processIds((pid) => {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return [readlinkSync(`/proc/${pid}/exe`), ...words].some(isPlugin);
  });
}

/** Plugins, and what they started: all of them work in the controller's folder. */
function pidsWorkingIn(folder: string): number[] {
  return processIds((pid) => readlinkSync(`/proc/${pid}/cwd`) === folder);
}

/** What cannot be read of a process is taken for a no: it has ended. */
function processIds(isWanted: (pid: number) => boolean): number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((pid) => {
    try {
      return isWanted(pid);
    } catch {
      return false;
    }
  });
}

function endOrphan(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself since it was listed.
  }
}
