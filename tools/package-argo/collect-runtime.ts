/** Node, the dynamic loader, and the libraries that Node is linked with. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readElfInterpreter } from "./elf-interpreter.ts";

const run = promisify(execFile);

/** Opened by the C library by name when a host is looked up; from glibc 2.34 on it has them within. */
const lookupLibraries = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];

/** What was copied. */
export interface Runtime {
  /** As in `v24.21.0`. */
  readonly nodeVersion: string;
  /** Where the libraries and the loader were taken from. */
  readonly libraries: readonly string[];
}

/**
 * Copies Node to `node`, its loader to `loader` (a name without a platform, so
 * that one configuration fits every machine of a cluster) and the libraries to
 * `lib`, as the loader itself finds them.
 *
 * Node is not stripped of its symbols: see docs/decisions/argo-plugin-package.md.
 *
 * @throws Error if a library is missing.
 */
export async function collectRuntime(node: string, folder: string): Promise<Runtime> {
  const loader = await readElfInterpreter(node);
  const { stdout: version } = await run(node, ["--version"]);
  const { stdout: list } = await run(loader, ["--list", node]);
  await mkdir(join(folder, "lib"));
  await copyFile(node, join(folder, "node"));
  await copyFile(loader, join(folder, "loader"));
  const found = librariesOf(list);
  for (const [name, path] of found) await copyFile(path, join(folder, "lib", name));
  return {
    nodeVersion: version.trim(),
    libraries: await Promise.all([loader, ...found.values()].map((path) => realpath(path))),
  };
}

/** Name → path of the lines `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`. */
function librariesOf(list: string): ReadonlyMap<string, string> {
  const missing = [...list.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name);
  if (missing.length > 0)
    throw new Error(`Node needs ${missing.join(", ")}: install the packages that have them`);
  const found = new Map<string, string>();
  for (const [, name, path] of list.matchAll(/^\s*(\S+) => (\/\S+) \(0x/gm)) {
    if (name !== undefined && path !== undefined) found.set(name, path);
  }
  const libc = found.get("libc.so.6");
  if (libc === undefined)
    throw new Error("Node is not linked with glibc: package with Node's own linux build");
  for (const name of lookupLibraries) {
    const path = join(dirname(libc), name);
    if (existsSync(path)) found.set(name, path);
  }
  return found;
}
