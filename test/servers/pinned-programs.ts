/** Programs of a module pinned under test/tools, with manifests of their release, built once and kept. */
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms, goModuleSources } from "./build-go-programs.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";

/** Folders of test/tools whose go.mod names every version. */
export type PinnedModule = "etcd" | "kubernetes" | "kustomize" | "kwok";

/** What is built and kept together: one folder of the cache. */
export interface PinnedPrograms {
  readonly pinnedBy: PinnedModule;
  /** What the folder is called, before its fingerprint. */
  readonly name: string;
  /** As in `etcd v3.6.15`: what the progress lines call it. */
  readonly title: string;
  /** As in `about ten minutes on two cores`: said before the build. */
  readonly takes: string;
  /** Import paths of main packages; each program is named after the last part of its path. */
  readonly packages: readonly string[];
  /** Go variables set at link time. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files of a module's sources, kept so that a start needs neither Go nor its module cache. */
  readonly manifests?: { readonly module: string; readonly files: readonly string[] };
}

/** Where they are. */
export interface PinnedFolder {
  /** Path of the program with that name. */
  program(name: string): string;
  /** Paths of manifests, named as they were asked for. */
  manifests(files: readonly string[]): readonly string[];
}

/**
 * The programs, from the cache or built. They are built again when their go.mod
 * changes, or what is wanted of it; other modules' changes do not matter.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or the build fails.
 */
export async function makePinnedPrograms(
  wanted: PinnedPrograms,
  say: (line: string) => void = () => {},
): Promise<PinnedFolder> {
  const name = `${wanted.name}-${fingerprint(wanted)}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) => build(wanted, into, say));
  return {
    program: (program) => join(folder, program),
    manifests: (files) => files.map((file) => join(folder, flat(file))),
  };
}

/**
 * The version of a module that test/tools pins.
 *
 * @throws Error if its go.mod does not name the module.
 */
export function pinnedVersion(pinnedBy: PinnedModule, module: string): string {
  const line = goMod(pinnedBy)
    .split("\n")
    .find((text) => text.includes(`${module} v`) && !text.includes("=>"));
  const version = line?.match(/ (v\S+)/)?.[1];
  if (version === undefined) throw new Error(`test/tools/${pinnedBy}/go.mod names no version of ${module}`);
  return version;
}

async function build(wanted: PinnedPrograms, into: string, say: (line: string) => void): Promise<void> {
  const { pinnedBy, title, takes, packages, variables = {}, manifests } = wanted;
  say(`building ${title} from its Go module (${takes}, once)`);
  await buildGoPrograms({ title, moduleFolder: folderOf(pinnedBy), packages, variables }, into, say);
  if (manifests === undefined) return;
  const sources = await goModuleSources(folderOf(pinnedBy), manifests.module);
  for (const file of manifests.files) copyFileSync(join(sources, file), join(into, flat(file)));
}

/** `pod/fast/pod-ready.yaml` as a file of one folder: `pod-fast-pod-ready.yaml`. */
function flat(path: string): string {
  return path.replaceAll("/", "-");
}

function fingerprint({ pinnedBy, packages, variables = {}, manifests }: PinnedPrograms): string {
  const hash = createHash("sha256").update(goMod(pinnedBy));
  hash.update(JSON.stringify([packages, variables, manifests ?? null]));
  return hash.digest("hex").slice(0, 12);
}

function goMod(pinnedBy: PinnedModule): string {
  return readFileSync(join(folderOf(pinnedBy), "go.mod"), "utf8");
}

function folderOf(pinnedBy: PinnedModule): string {
  return join(import.meta.dirname, "../tools", pinnedBy);
}
