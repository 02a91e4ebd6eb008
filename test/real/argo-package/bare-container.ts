/** The controller's container as the plugin finds it: no libc, no shell, nothing but what the test puts there. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, chown, copyFile, link, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Of argo-rollouts' image. */
const controllerUser = 999;
const isRoot = process.getuid?.() === 0;

/** A root folder of its own. */
export interface BareContainer {
  /** A path inside, as seen from outside. */
  path(...names: readonly string[]): string;
  /** Starts a program of the container as the controller's user, with this environment and no other. */
  start(command: readonly string[], environment?: Readonly<Record<string, string>>): ChildProcess;
  /** Runs one to its end. */
  run(command: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }>;
  remove(): Promise<void>;
}

/**
 * Makes a root folder with `/argo-plugin` (the package), and empty `/plugins`,
 * `/plugin-bin` and `/tmp` that the user may write.
 *
 * The package's files are links: to change one, remove it first. Without root's rights the programs run as the root of a user namespace, which
 * has no user 999; where there is no such namespace either, starting fails.
 */
export async function createBareContainer(packageFolder: string): Promise<BareContainer> {
  // Short: a Unix socket's path has 107 bytes.
  const root = await mkdtemp(join(tmpdir(), "cm-"));
  const path = (...names: readonly string[]) => join(root, ...names);
  await chmod(root, 0o755);
  await linkAll(packageFolder, path("argo-plugin"));
  for (const name of ["plugins", "plugin-bin", "tmp"]) {
    await mkdir(path(name));
    await chmod(path(name), 0o1777);
  }
  const [program = "", ...enter] = isRoot
    ? ["chroot", `--userspec=${controllerUser}:${controllerUser}`, root]
    : ["unshare", "--user", "--map-root-user", "chroot", root];

  const start: BareContainer["start"] = (command, environment = {}) =>
    spawn(program, [...enter, ...command], {
      env: { PATH: process.env["PATH"] ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    path,
    start,
    async run(command) {
      const child = start(command);
      const { promise, resolve, reject } = Promise.withResolvers<number | null>();
      child.once("error", reject).once("close", resolve);
      const streams = [child.stdout, child.stderr].map((stream) => (stream === null ? "" : text(stream)));
      const output = (await Promise.all(streams)).join("");
      return { code: await promise, output };
    },
    remove: () => rm(root, { recursive: true }),
  };
}

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    await (entry.isDirectory() ? linkAll(source, target) : link(source, target));
  }
}

/** As the controller copies what a plugin's `location` names: alone, to another name, for itself only. */
export async function copyToPluginBin(container: BareContainer, location: string): Promise<string> {
  const inside = "/plugin-bin/analysis";
  await copyFile(container.path(location), container.path(inside));
  await chmod(container.path(inside), 0o700);
  if (isRoot) await chown(container.path(inside), controllerUser, controllerUser);
  return inside;
}
