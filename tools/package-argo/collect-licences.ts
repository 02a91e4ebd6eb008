/** The licences of what the package holds. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { BundledPackage } from "./bundle.ts";

const run = promisify(execFile);

export interface LicenceOptions {
  readonly repository: string;
  readonly nodeVersion: string;
  /** Paths of the C and C++ libraries on this machine. */
  readonly libraries: readonly string[];
  readonly packages: readonly BundledPackage[];
  /** Of the package; they go to `licences` in it. */
  readonly folder: string;
}

/** @throws Error naming a bundled package that says nothing of its licence. */
export async function collectLicences(options: LicenceOptions): Promise<void> {
  const licences = join(options.folder, "licences");
  await mkdir(licences);
  await writeFile(join(licences, "node.txt"), await nodeLicence(options.repository, options.nodeVersion));
  await writeFile(join(licences, "npm-packages.txt"), await packageLicences(options.packages));
  await writeFile(join(licences, "c-libraries.txt"), aboutLibraries);
  for (const [name, path] of await debianCopyrights(options.libraries)) {
    await copyFile(path, join(licences, `${name}.txt`));
  }
}

const aboutLibraries = `The loader and the libraries in lib/ are unchanged files of the GNU/Linux system that this package was made on.

ld.so, libc, libm, libdl, libpthread, libresolv, libnss_*: GNU C Library, LGPL-2.1-or-later,
  https://www.gnu.org/software/libc/
libstdc++, libgcc_s: GCC, GPL-3.0-or-later with the GCC Runtime Library Exception 3.1,
  https://gcc.gnu.org/onlinedocs/libstdc++/manual/license.html

Files of the same interface may be put in their places.
`;

/**
 * Node's npm package for the platform has it. Any later `npm install` tidies that
 * package away: then it is asked for once more, and its licence kept.
 */
async function nodeLicence(repository: string, nodeVersion: string): Promise<string> {
  const modules = join(repository, "node_modules");
  const name = `node-${process.platform}-${process.arch}`;
  const installed = join(modules, "node/node_modules", name, "LICENSE");
  const kept = join(modules, ".cache/coalmine", `${name}-${nodeVersion}-LICENSE`);
  const known = [installed, kept].find((path) => existsSync(path));
  if (known !== undefined) return await readFile(known, "utf8");
  const scratch = await mkdtemp(join(tmpdir(), "coalmine-node-"));
  try {
    const wanted = `${name}@${nodeVersion.replace(/^v/, "")}`;
    await run("npm", ["pack", "--silent", "--prefer-offline", wanted], { cwd: scratch });
    const [tarball = ""] = await readdir(scratch);
    const unpack = ["-xzOf", tarball, "package/LICENSE"];
    const { stdout } = await run("tar", unpack, { cwd: scratch, maxBuffer: 4 * 1024 * 1024 });
    await mkdir(dirname(kept), { recursive: true });
    await writeFile(kept, stdout);
    return stdout;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Each text once, under the packages that have it. */
async function packageLicences(packages: readonly BundledPackage[]): Promise<string> {
  const namesByText = new Map<string, string[]>();
  for (const { name, folder } of packages) {
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
      readonly version: string;
      readonly license?: string;
    };
    if (license === undefined) throw new Error(`${name} in the bundle names no licence: see ${folder}`);
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    const text = texts.map((one) => one.trim()).join("\n\n");
    const names = namesByText.get(text) ?? [];
    namesByText.set(text, [...names, `${name} ${version} (${license})`]);
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

/** Debian keeps the full texts by package; another system's are named in {@link aboutLibraries}. */
async function debianCopyrights(libraries: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const library of libraries) {
    // What was moved to /usr may still be listed under /.
    const paths = [library, library.replace(/^\/usr/, "")];
    const owners = await run("dpkg-query", ["--search", ...paths]).catch(onlyWhatWasFound);
    const [, name] = /^([a-z0-9.+-]+)/m.exec(owners.stdout) ?? [];
    const path = `/usr/share/doc/${name}/copyright`;
    if (name !== undefined && existsSync(path)) found.set(name, path);
  }
  return found;
}

/** dpkg-query fails if one of several paths is nobody's, and there may be no dpkg-query at all. */
function onlyWhatWasFound(error: unknown): { readonly stdout: string } {
  return { stdout: error instanceof Error && "stdout" in error ? String(error.stdout) : "" };
}
