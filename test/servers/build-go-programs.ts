/** Builds server programs from a pinned Go module under test/tools, with progress. */
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { runCommand } from "./run-command.ts";

/** What is built. */
export interface GoBuild {
  /** As in `Prometheus 3.15.0`: what the progress lines call it. */
  readonly title: string;
  /** A folder with a go.mod and go.sum that name every module; neither is changed. */
  readonly moduleFolder: string;
  /** Another file of it that takes go.mod's place, as in `go-1.10.mod`; its go.sum is beside it. */
  readonly modFile?: string;
  /** Import paths of main packages; each program is named after the last part of its path. */
  readonly packages: readonly string[];
  /** Go variables set at link time, as in `example.com/version.Version`. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly tags?: string;
}

/**
 * Builds the programs into a folder that exists: one call of `go build`, so that
 * what they share is compiled once. It runs at a low priority.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error with the end of the compiler's output if the build fails.
 */
export async function buildGoPrograms(build: GoBuild, into: string, say: (line: string) => void) {
  const started = performance.now();
  let packages = 0;
  const seconds = () => Math.round((performance.now() - started) / 1_000);
  const progress = setInterval(
    () => say(`building ${build.title}: ${packages} packages after ${seconds()} s`),
    10_000,
  );
  try {
    await runCommand("go", ["build", ...flagsOf(build), "-o", `${into}/`, ...build.packages], {
      cwd: build.moduleFolder,
      env: goEnvironment(),
      onLine: () => {
        packages += 1;
      },
      nice: 10,
    });
  } finally {
    clearInterval(progress);
  }
  say(`built ${build.title} in ${seconds()} s`);
}

/** The folder of a module's sources: where a release keeps its manifests. Downloads them if need be. */
export async function goModuleSources(moduleFolder: string, module: string): Promise<string> {
  const options = { cwd: moduleFolder, env: goEnvironment() };
  await runCommand("go", ["mod", "download", module], options);
  const folder = await runCommand("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], options);
  return folder.trim();
}

/** `-v` names each package as it is compiled: the steps of the progress line. */
function flagsOf({ modFile, variables = {}, tags }: GoBuild): string[] {
  const stamped = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  return [
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    ...(modFile === undefined ? [] : [`-modfile=${modFile}`]),
    ...(tags === undefined ? [] : [`-tags=${tags}`]),
    `-ldflags=${["-s -w", ...stamped].join(" ")}`,
  ];
}

/**
 * The machine's own GOFLAGS have no say in what is built. Go keeps its caches
 * under the home folder; where there is none, they stand beside ours.
 */
function goEnvironment(): Record<string, string> {
  const own = { CGO_ENABLED: "0", GOFLAGS: "" };
  if (process.env["HOME"] !== undefined && process.env["HOME"] !== "") return own;
  return { ...own, GOPATH: join(cacheFolder(), "go"), GOCACHE: join(cacheFolder(), "go-build") };
}
