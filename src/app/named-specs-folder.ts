import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isObjectName } from "../adapters/flagger/spec/choose-spec-values.ts";
import { invalidSpec } from "../analysis/spec/problems-of.ts";
import { readSpecText } from "../analysis/spec/read-spec-text.ts";
import type { Clock } from "../base/clock.ts";
import { CoalmineError } from "../base/errors.ts";

/** A folder of specs, one a file: `<name>.yaml`, `.yml` or `.json`. */
export interface SpecsFolder {
  /** In the order of the alphabet. @throws Node's error if the folder cannot be read. */
  names(): Promise<readonly string[]>;
  /**
   * The document of that name, the same object for as long as the file says the same; null if there is none.
   *
   * @throws CoalmineError invalid-spec that names the file, if it cannot be read; Node's error if the folder cannot.
   */
  find(name: string): Promise<unknown>;
}

/** A change is seen after so long at most; in between nothing is read, however many ask. */
const freshMs = 1_000;

/** As many bytes as readSpecText takes, refused before they are read. */
const mostBytes = 256 * 1024;

/**
 * Reads specs from a folder as they are asked for, as a mounted ConfigMap has
 * them: symbolic links that are exchanged all at once. Whatever is not named
 * like a spec is left alone, `..data` and editors' files among it.
 */
export function createSpecsFolder(folder: string, clock: Clock): SpecsFolder {
  let readers = new Map<string, () => Promise<unknown>>();

  const listing = atMostOnceASecond(clock, async () => {
    const files = (await readdir(folder)).toSorted();
    const byName = Map.groupBy(files.filter(isSpecFile), nameOf);
    readers = new Map(
      [...byName.values()].flat().map((file) => {
        const read = readers.get(file) ?? atMostOnceASecond(clock, createReader(folder, file));
        return [file, read] as const;
      }),
    );
    return byName;
  });

  return {
    names: async () => [...(await listing()).keys()],
    async find(name) {
      const [file, second] = (await listing()).get(name) ?? [];
      if (second !== undefined) throw unreadable(`${file} and ${second}`, "have the same name; remove one");
      return file === undefined ? null : await readers.get(file)?.();
    },
  };
}

function isSpecFile(file: string): boolean {
  return /[.](ya?ml|json)$/.test(file) && isObjectName(nameOf(file));
}

function nameOf(file: string): string {
  return file.replace(/[.][a-z]+$/, "");
}

/** All who ask within a second get one reading, its failure too. */
function atMostOnceASecond<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly reading: Promise<T> } | null = null;
  return () => {
    const now = clock.now();
    if (latest === null || Math.abs(now - latest.at) >= freshMs) latest = { at: now, reading: read() };
    return latest.reading;
  };
}

function createReader(folder: string, file: string): () => Promise<unknown> {
  let last: { readonly text: string; readonly document: unknown } | null = null;
  return async () => {
    const text = await readText(folder, file);
    if (last?.text !== text) last = { text, document: parse(file, text) };
    return last.document;
  };
}

async function readText(folder: string, file: string): Promise<string> {
  // A pipe in the place of a file must not keep a thread waiting for a writer.
  const handle = await open(join(folder, file), constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw unreadable(file, `cannot be read: ${codeOf(error)}`, error);
    },
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unreadable(file, "is no file");
    if (stat.size > mostBytes) throw unreadable(file, `is larger than ${mostBytes} bytes`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

function parse(file: string, text: string): unknown {
  try {
    return readSpecText(text);
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code !== "invalid-spec" && error.code !== "too-large") throw thrown;
    throw unreadable(file, error.message.replaceAll("\n", "; "), thrown);
  }
}

function unreadable(file: string, why: string, cause?: unknown): CoalmineError {
  return invalidSpec([{ path: "", message: `${file}: ${why}` }], cause);
}

/** The fault without the path: answers go to others than the operator. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
