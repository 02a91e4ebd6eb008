/** Reads what an operator may exchange under a running server: small files, as mounted ConfigMaps and Secrets have them. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";

/** Why a file was not read, in words that follow its name; they hold nothing of its content. */
export class FileFault extends Error {
  override readonly name = "FileFault";
  /** Whether there is no such file. */
  readonly isMissing: boolean;

  constructor(message: string, options: { readonly isMissing?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.isMissing = options.isMissing ?? false;
  }
}

/** @throws FileFault for what cannot be read, is no file, or is larger than `mostBytes`. */
export async function readSmallFile(path: string, mostBytes: number): Promise<string> {
  let handle: FileHandle | null = null;
  try {
    // A pipe in the place of a file must not keep a thread waiting for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw new FileFault("is no file");
    if (stat.size > mostBytes) throw new FileFault(`is larger than ${mostBytes} bytes`);
    return await handle.readFile("utf8");
  } catch (thrown) {
    throw faultOf(thrown);
  } finally {
    await handle?.close();
  }
}

/** Node's error for a file or a folder, without the path: answers go to others than the operator. */
export function faultOf(thrown: unknown): FileFault {
  if (thrown instanceof FileFault) return thrown;
  const code = codeOf(thrown);
  const isMissing = code === "ENOENT";
  return new FileFault(`cannot be read: ${isMissing ? "there is no such file" : code}`, {
    isMissing,
    cause: thrown,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

/** A change is seen after so long at most; in between nothing is read, however many ask. */
const freshMs = 1_000;

/** All who ask within a second get one reading, its failure too. */
export function atMostOnceASecond<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly reading: Promise<T> } | null = null;
  return () => {
    const now = clock.now();
    if (latest === null || Math.abs(now - latest.at) >= freshMs) latest = { at: now, reading: read() };
    return latest.reading;
  };
}
