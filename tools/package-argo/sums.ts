/** The package's checksums, as `sha256sum --check SHA256SUMS` reads them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

/** Of every other file of the package. */
export const sumsFile = "SHA256SUMS";

/** Path within the package → SHA-256 in hex. */
export type Sums = ReadonlyMap<string, string>;

/** Every file but the sums, by path. */
export async function filesOf(
  folder: string,
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== sumsFile)
    .sort();
  return await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(join(folder, path))).size })),
  );
}

export async function sumsOf(folder: string): Promise<Sums> {
  const sums = new Map<string, string>();
  for (const { path } of await filesOf(folder)) sums.set(path, await sumOf(join(folder, path)));
  return sums;
}

export async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

export async function writeSums(folder: string, sums: Sums): Promise<void> {
  const lines = [...sums].map(([path, sum]) => `${sum}  ${path}\n`);
  await writeFile(join(folder, sumsFile), lines.join(""));
}

/** @throws Error if the file is not as `writeSums` wrote it; no path leads out of the folder. */
export async function readSums(folder: string): Promise<Sums> {
  const text = await readFile(join(folder, sumsFile), "utf8");
  const sums = new Map<string, string>();
  for (const line of text.split("\n").slice(0, -1)) {
    const [, sum, path] = /^([0-9a-f]{64}) {2}((?:[\w+-][\w.+-]*\/)*[\w+-][\w.+-]*)$/.exec(line) ?? [];
    if (sum === undefined || path === undefined)
      throw new Error(`${sumsFile} is damaged: ${JSON.stringify(line)}`);
    sums.set(path, sum);
  }
  if (sums.size === 0) throw new Error(`${sumsFile} is empty`);
  return sums;
}
