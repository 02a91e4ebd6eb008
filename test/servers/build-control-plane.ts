/** The programs of a small Kubernetes with Argo Rollouts' stock controller, built once from the Go module proxy. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms, type GoBuild, goModuleSources } from "./build-go-programs.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";

/** Paths of the programs, and of the manifests that belong to them. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  /** Plays the nodes: fake pods that are Ready at once. */
  readonly kwok: string;
  /** Argo Rollouts' controller, as released. */
  readonly rolloutsController: string;
  /** Argo's command for people: `get rollout NAME` prints what they see. */
  readonly kubectlArgoRollouts: string;
  /** Argo's own sample metric plugin in Go; reads the key `argoproj/sample-prometheus` of a provider. */
  readonly sampleMetricPlugin: string;
  /** Argo's own sample step plugin in Go. */
  readonly sampleStepPlugin: string;
  /** Folder of Argo's CRDs, `*-crd.yaml`. */
  readonly argoCrds: string;
  /** Argo's service account, cluster role and its binding, as a cluster install has them. */
  readonly argoRbac: readonly string[];
  /** How kwok treats nodes and pods. */
  readonly kwokStages: readonly string[];
}

/** Folders of test/tools with a go.mod. */
const modules = ["etcd", "kubernetes", "kwok"] as const;
type PinnedModule = (typeof modules)[number];

const argo = "github.com/argoproj/argo-rollouts";

const argoRbac = [
  "base/argo-rollouts-sa.yaml",
  "role/argo-rollouts-clusterrole.yaml",
  "cluster-install/argo-rollouts-clusterrolebinding.yaml",
];
const kwokStages = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
];

/**
 * The programs, from the cache or built: about ten minutes on two cores the
 * first time, two gigabytes of memory, and no time later. The versions are those
 * of test/tools/{etcd,kubernetes,kwok}/go.mod; when one changes, all is built again,
 * with the compiler's own cache.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or a build fails.
 */
export async function buildControlPlane(
  say: (line: string) => void = () => {},
): Promise<ControlPlanePrograms> {
  const name = `control-plane-${fingerprint()}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) => build(into, say));
  const manifests = (names: readonly string[]) => names.map((path) => join(folder, flat(path)));
  return {
    etcd: join(folder, "server"),
    apiServer: join(folder, "kube-apiserver"),
    controllerManager: join(folder, "kube-controller-manager"),
    scheduler: join(folder, "kube-scheduler"),
    kwok: join(folder, "kwok"),
    rolloutsController: join(folder, "rollouts-controller"),
    kubectlArgoRollouts: join(folder, "kubectl-argo-rollouts"),
    sampleMetricPlugin: join(folder, "metrics-plugin-sample"),
    sampleStepPlugin: join(folder, "step-plugin-sample"),
    argoCrds: join(folder, "crds"),
    argoRbac: manifests(argoRbac),
    kwokStages: manifests(kwokStages),
  };
}

async function build(into: string, say: (line: string) => void): Promise<void> {
  say("building a control plane from its Go modules (about ten minutes on two cores, once)");
  for (const one of builds()) await buildGoPrograms(one, into, say);
  await copyManifests(into);
}

function builds(): readonly GoBuild[] {
  const kubernetes = versionOf("kubernetes", "k8s.io/kubernetes");
  return [
    {
      title: `etcd ${versionOf("etcd", "go.etcd.io/etcd/server/v3")}`,
      moduleFolder: folderOf("etcd"),
      packages: ["go.etcd.io/etcd/server/v3"],
    },
    {
      title: `Kubernetes ${kubernetes} and Argo Rollouts ${versionOf("kubernetes", argo)}`,
      moduleFolder: folderOf("kubernetes"),
      packages: [
        "k8s.io/kubernetes/cmd/kube-apiserver",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        `${argo}/cmd/rollouts-controller`,
        `${argo}/cmd/kubectl-argo-rollouts`,
        `${argo}/test/cmd/metrics-plugin-sample`,
        `${argo}/test/cmd/step-plugin-sample`,
      ],
      // What the API server says its version is: clients refuse one that says v0.0.0.
      variables: { "k8s.io/component-base/version.gitVersion": kubernetes },
    },
    {
      title: `kwok ${versionOf("kwok", "sigs.k8s.io/kwok")}`,
      moduleFolder: folderOf("kwok"),
      packages: ["sigs.k8s.io/kwok/cmd/kwok"],
    },
  ];
}

/** Copies, so that a start needs neither Go nor its module cache. */
async function copyManifests(into: string): Promise<void> {
  const fromArgo = join(await goModuleSources(folderOf("kubernetes"), argo), "manifests");
  const fromKwok = join(await goModuleSources(folderOf("kwok"), "sigs.k8s.io/kwok"), "kustomize/stage");
  for (const path of argoRbac) copyFileSync(join(fromArgo, path), join(into, flat(path)));
  for (const path of kwokStages) copyFileSync(join(fromKwok, path), join(into, flat(path)));
  const crds = join(into, "crds");
  mkdirSync(crds);
  for (const file of readdirSync(join(fromArgo, "crds")).filter((name) => name.endsWith("-crd.yaml")))
    copyFileSync(join(fromArgo, "crds", file), join(crds, file));
}

/** `pod/fast/pod-ready.yaml` as a file of one folder: `pod-fast-pod-ready.yaml`. */
function flat(path: string): string {
  return path.replaceAll("/", "-");
}

/** Of every pinned version and of what is built: another pin or program is another folder of the cache. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const module of modules) hash.update(goMod(module));
  for (const { packages, variables } of builds()) hash.update(JSON.stringify([packages, variables ?? {}]));
  hash.update(JSON.stringify([argoRbac, kwokStages]));
  return hash.digest("hex").slice(0, 12);
}

function versionOf(pinnedBy: PinnedModule, module: string): string {
  const line = goMod(pinnedBy)
    .split("\n")
    .find((text) => text.includes(`${module} v`) && !text.includes("=>"));
  const version = line?.match(/ (v\S+)/)?.[1];
  if (version === undefined) throw new Error(`test/tools/${pinnedBy}/go.mod names no version of ${module}`);
  return version;
}

function goMod(module: PinnedModule): string {
  return readFileSync(join(folderOf(module), "go.mod"), "utf8");
}

function folderOf(module: PinnedModule): string {
  return join(import.meta.dirname, "../tools", module);
}
