/**
 * Copies the package that this program lies in to a volume that the controller
 * shares, and verifies what it wrote. The init container runs it:
 *
 *     /argo-plugin/loader --library-path /argo-plugin/lib /argo-plugin/node /argo-plugin/install.js /plugins/coalmine
 *
 * The target is there as a whole or not at all. One that is there already and
 * intact is left as it is.
 */
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readSums, type Sums, sumOf, sumsFile } from "./sums.ts";

install(__dirname, process.argv.slice(2)).then(
  (done) => console.log(done),
  (error: unknown) => {
    console.error(`coalmine: not installed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);

async function install(source: string, [given, ...more]: readonly string[]): Promise<string> {
  if (given === undefined || more.length > 0)
    throw new Error("one argument wanted: the folder to make, for instance /plugins/coalmine");
  const target = resolve(given);
  const sums = await readSums(source);
  const version = (await readFile(join(source, "VERSION"), "utf8")).trim().split("\n").join(", ");
  if ((await firstDifference(target, sums)) === null)
    return `coalmine: ${target} is there and intact (${version})`;

  await mkdir(dirname(target), { recursive: true });
  const part = await mkdtemp(`${target}.part-`);
  try {
    await copyAll(source, part, sums);
    const difference = await firstDifference(part, sums);
    if (difference !== null)
      throw new Error(`${difference}; pull the image again, and see whether the volume is full`);
    await replace(target, part);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  return `coalmine: ${sums.size} files copied to ${target} and verified (${version})`;
}

async function copyAll(source: string, part: string, sums: Sums): Promise<void> {
  await chmod(part, 0o755);
  for (const path of [...sums.keys(), sumsFile]) {
    await mkdir(dirname(join(part, path)), { recursive: true, mode: 0o755 });
    await copyFile(join(source, path), join(part, path));
  }
}

/** The first file that is missing or not what it should be, in words; null if all of them are. */
async function firstDifference(folder: string, sums: Sums): Promise<string | null> {
  for (const [path, wanted] of sums) {
    let met: string;
    try {
      met = await sumOf(join(folder, path));
    } catch {
      return `${path} is missing`;
    }
    if (met !== wanted) return `${path} is damaged: sha256 ${wanted} wanted, ${met} met`;
  }
  return null;
}

/** What was there stands aside until the new one is in its place. */
async function replace(target: string, part: string): Promise<void> {
  const old = `${part}-old`;
  const hadOne = await rename(target, old).then(
    () => true,
    () => false,
  );
  await rename(part, target);
  if (hadOne) await rm(old, { recursive: true, force: true });
}
