import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isObjectName } from "../../adapters/flagger/spec/choose-spec-values.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import { atMostOnceASecond, faultOf, readSmallFile } from "../settings/read-small-file.ts";

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

function createReader(folder: string, file: string): () => Promise<unknown> {
  let last: { readonly text: string; readonly document: unknown } | null = null;
  return async () => {
    const text = await readText(folder, file);
    if (last?.text !== text) last = { text, document: parse(file, text) };
    return last.document;
  };
}

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readSmallFile(join(folder, file), mostBytes);
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw unreadable(file, fault.message, fault);
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
