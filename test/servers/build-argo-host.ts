/** The controller's own plugin client of Argo Rollouts as a program, and Argo's sample plugins, built once for each version. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms } from "./build-go-programs.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";

/** Paths of the programs. */
export interface ArgoHostPrograms {
  /** Does what it is told by JSON lines: test/tools/argo-host. */
  readonly host: string;
  /** Argo's own sample metric plugin; reads the key `argoproj/sample-prometheus` of a provider. */
  readonly sampleMetricPlugin: string;
}

/** The versions of argo-rollouts, and the file of test/tools/argo-host that pins each. */
const modFiles = { "1.9.1": "go.mod", "1.10.1": "go-1.10.mod" } as const;

export type ArgoVersion = keyof typeof modFiles;

/** The latest release that users have, and the one that comes. */
export const argoVersions: readonly ArgoVersion[] = ["1.9.1", "1.10.1"];

const moduleFolder = join(import.meta.dirname, "../tools/argo-host");

/**
 * The programs, from the cache or built: two to three minutes a version on two
 * cores the first time, and no time later. When a source changes they are built again.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or a build fails.
 */
export async function buildArgoHost(
  version: ArgoVersion,
  say: (line: string) => void = () => {},
): Promise<ArgoHostPrograms> {
  const name = `argo-host-${version}-${fingerprint()}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) => build(version, into, say));
  return { host: join(folder, "argo-host"), sampleMetricPlugin: join(folder, "metrics-plugin-sample") };
}

async function build(version: ArgoVersion, into: string, say: (line: string) => void): Promise<void> {
  const title = `the plugin client of Argo Rollouts ${version}`;
  const packages = [".", "github.com/argoproj/argo-rollouts/test/cmd/metrics-plugin-sample"];
  await buildGoPrograms({ title, moduleFolder, modFile: modFiles[version], packages }, into, say);
}

/** Of all that is built from. */
function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(moduleFolder).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(moduleFolder, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
