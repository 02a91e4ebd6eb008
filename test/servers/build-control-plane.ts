/** The programs of a small Kubernetes with Argo Rollouts' stock controller, built once from the Go module proxy. */
import { makePinnedPrograms, type PinnedPrograms, pinnedVersion } from "./pinned-programs.ts";

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
  /** Argo's CRDs. */
  readonly argoCrds: readonly string[];
  /** Argo's service account, cluster role and its binding, as a cluster install has them. */
  readonly argoRbac: readonly string[];
  /** How kwok treats nodes and pods. */
  readonly kwokStages: readonly string[];
}

const argo = "github.com/argoproj/argo-rollouts";

const argoRbac = [
  "manifests/base/argo-rollouts-sa.yaml",
  "manifests/role/argo-rollouts-clusterrole.yaml",
  "manifests/cluster-install/argo-rollouts-clusterrolebinding.yaml",
];
const argoCrds = [
  "analysis-run",
  "analysis-template",
  "cluster-analysis-template",
  "experiment",
  "rollout",
].map((name) => `manifests/crds/${name}-crd.yaml`);
const kwokStages = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
].map((name) => `kustomize/stage/${name}`);

/**
 * The programs, from the cache or built: about ten minutes on two cores the
 * first time, two gigabytes of memory, and no time later. The versions are those
 * of test/tools/{etcd,kubernetes,kwok}/go.mod; when one changes, what it pins is built again.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or a build fails.
 */
export async function buildControlPlane(
  say: (line: string) => void = () => {},
): Promise<ControlPlanePrograms> {
  const etcd = await makePinnedPrograms(etcdBuild(), say);
  const kubernetes = await makePinnedPrograms(kubernetesBuild(), say);
  const kwok = await makePinnedPrograms(kwokBuild(), say);
  return {
    etcd: etcd.program("server"),
    apiServer: kubernetes.program("kube-apiserver"),
    controllerManager: kubernetes.program("kube-controller-manager"),
    scheduler: kubernetes.program("kube-scheduler"),
    kwok: kwok.program("kwok"),
    rolloutsController: kubernetes.program("rollouts-controller"),
    kubectlArgoRollouts: kubernetes.program("kubectl-argo-rollouts"),
    sampleMetricPlugin: kubernetes.program("metrics-plugin-sample"),
    sampleStepPlugin: kubernetes.program("step-plugin-sample"),
    argoCrds: kubernetes.manifests(argoCrds),
    argoRbac: kubernetes.manifests(argoRbac),
    kwokStages: kwok.manifests(kwokStages),
  };
}

function etcdBuild(): PinnedPrograms {
  const server = "go.etcd.io/etcd/server/v3";
  return {
    pinnedBy: "etcd",
    name: "etcd",
    title: `etcd ${pinnedVersion("etcd", server)}`,
    takes: "a minute",
    packages: [server],
  };
}

function kubernetesBuild(): PinnedPrograms {
  const version = pinnedVersion("kubernetes", "k8s.io/kubernetes");
  return {
    pinnedBy: "kubernetes",
    name: "kubernetes",
    title: `Kubernetes ${version} and Argo Rollouts ${pinnedVersion("kubernetes", argo)}`,
    takes: "six to ten minutes on two cores",
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
    variables: { "k8s.io/component-base/version.gitVersion": version },
    manifests: { module: argo, files: [...argoCrds, ...argoRbac] },
  };
}

function kwokBuild(): PinnedPrograms {
  const kwok = "sigs.k8s.io/kwok";
  return {
    pinnedBy: "kwok",
    name: "kwok",
    title: `kwok ${pinnedVersion("kwok", kwok)}`,
    takes: "one to two minutes",
    packages: [`${kwok}/cmd/kwok`],
    manifests: { module: kwok, files: kwokStages },
  };
}
