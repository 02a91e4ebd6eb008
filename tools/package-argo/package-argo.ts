/**
 * `npm run package:argo`: the plugin for Argo Rollouts as a folder that needs
 * nothing around it, for the controller's image has neither a libc nor a shell.
 *
 *     node tools/package-argo/package-argo.ts [--out dist/argo-plugin]
 *
 * It is made for the platform it is made on (linux-x64, linux-arm64), and twice
 * the same input makes the same bytes.
 */
import { chmod, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundlePlugin } from "./bundle.ts";
import { collectLicences } from "./collect-licences.ts";
import { collectRuntime } from "./collect-runtime.ts";
import { filesOf, sumsFile, sumsOf, writeSums } from "./sums.ts";

const repository = resolve(import.meta.dirname, "../..");
/** Of every file: an image's layer is then the same too. */
const fileTime = new Date("2000-01-01T00:00:00Z");
const executables = new Set(["loader", "node"]);

const { values } = parseArgs({ options: { out: { type: "string", default: "dist/argo-plugin" } } });
const out = resolve(values.out);
await mkdir(dirname(out), { recursive: true });
const part = await mkdtemp(`${out}.part-`);
try {
  await fill(part);
  await rm(out, { recursive: true, force: true });
  await rename(part, out);
} catch (error) {
  await rm(part, { recursive: true, force: true });
  throw error;
}
const files = await filesOf(out);
const bytes = files.reduce((sum, { size }) => sum + size, 0);
console.log(`${out}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);

async function fill(folder: string): Promise<void> {
  const node = join(repository, "node_modules/node/bin/node");
  const packages = await bundlePlugin(repository, folder);
  const runtime = await collectRuntime(node, folder);
  await collectLicences({
    repository,
    nodeVersion: runtime.nodeVersion,
    libraries: runtime.libraries,
    packages,
    folder,
  });
  const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as {
    version: string;
  };
  const made = [
    `coalmine ${version}`,
    `node ${runtime.nodeVersion}`,
    `platform ${process.platform}-${process.arch}`,
  ];
  await writeFile(join(folder, "VERSION"), `${made.join("\n")}\n`);
  // What a .js file is must not be told by a package.json that happens to lie above.
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "commonjs" }\n');
  await writeSums(folder, await sumsOf(folder));
  await settle(folder);
}

/** Gives every file its mode and its time. */
async function settle(folder: string): Promise<void> {
  for (const { path } of [...(await filesOf(folder)), { path: sumsFile }]) {
    await chmod(join(folder, path), executables.has(path) ? 0o755 : 0o644);
    await utimes(join(folder, path), fileTime, fileTime);
  }
  for (const path of ["lib", "licences", "."]) {
    await chmod(join(folder, path), 0o755);
    await utimes(join(folder, path), fileTime, fileTime);
  }
}
