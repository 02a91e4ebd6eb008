import { makePinnedPrograms, pinnedVersion } from "./pinned-programs.ts";

const kustomize = "sigs.k8s.io/kustomize/kustomize/v5";

/**
 * Path of the program that puts manifests together, as `kubectl apply -k` does,
 * from the cache or built in half a minute; test/tools/kustomize/go.mod has its version.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or the build fails.
 */
export async function buildKustomize(say: (line: string) => void = () => {}): Promise<string> {
  const title = `kustomize ${pinnedVersion("kustomize", kustomize)}`;
  const takes = "half a minute";
  const build = { pinnedBy: "kustomize", name: "kustomize", title, takes, packages: [kustomize] } as const;
  return (await makePinnedPrograms(build, say)).program("kustomize");
}
