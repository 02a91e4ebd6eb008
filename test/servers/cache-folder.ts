/** Where the tests keep the server programs they built or installed, so that the next run finds them. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../..");

/**
 * The folder, made if it is not there: `$XDG_CACHE_HOME/coalmine`, else
 * `~/.cache/coalmine`, else (no home that can be written) `.cache` of this
 * repository.
 */
export function cacheFolder(): string {
  const chosen = process.env["XDG_CACHE_HOME"];
  const candidates = [join(chosen || join(homedir(), ".cache"), "coalmine"), join(repository, ".cache")];
  const writable = candidates.find(canWrite);
  if (writable === undefined)
    throw new Error(`none of ${candidates.join(", ")} can be written; set XDG_CACHE_HOME`);
  return writable;
}

/** The machine a program was built for, as in `linux-x64`: part of its place in the cache. */
export const platform = `${process.platform}-${process.arch}`;

function canWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
