/** A folder of a test's own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** Makes one before each test of the file and removes it after; `path()` is the one of the test that runs. */
export function useTemporaryFolder(): { path(...names: readonly string[]): string } {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "coalmine-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return { path: (...names) => join(folder, ...names) };
}
