/** Flagger's own controller and load tester, built once from the Go module proxy. */
import { makePinnedPrograms, pinnedVersion } from "./pinned-programs.ts";

/** Paths of the programs, and of the manifests that belong to them. */
export interface FlaggerPrograms {
  /** The controller, as released. */
  readonly flagger: string;
  /** The server of its documentation's webhooks: gates, rollbacks, load tests. */
  readonly loadTester: string;
  /** Its three CRDs, in one file. */
  readonly crds: string;
  /** Its service account, cluster role and the binding of both. */
  readonly rbac: string;
}

const flagger = "github.com/fluxcd/flagger";
const crds = "artifacts/flagger/crd.yaml";
const rbac = "artifacts/flagger/account.yaml";

/**
 * The programs, from the cache or built: two to four minutes on two cores the first
 * time, and no time later. The version is that of test/tools/kwok/go.mod, which
 * stands on the same version of Kubernetes' libraries.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or the build fails.
 */
export async function buildFlagger(say: (line: string) => void = () => {}): Promise<FlaggerPrograms> {
  const built = await makePinnedPrograms(
    {
      pinnedBy: "kwok",
      name: "flagger",
      title: `Flagger ${pinnedVersion("kwok", flagger)}`,
      takes: "two to four minutes on two cores",
      packages: [`${flagger}/cmd/flagger`, `${flagger}/cmd/loadtester`],
      manifests: { module: flagger, files: [crds, rbac] },
    },
    say,
  );
  const [crdsFile = "", rbacFile = ""] = built.manifests([crds, rbac]);
  return {
    flagger: built.program("flagger"),
    loadTester: built.program("loadtester"),
    crds: crdsFile,
    rbac: rbacFile,
  };
}
