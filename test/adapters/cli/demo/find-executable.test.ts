import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findExecutable } from "../../../../src/adapters/cli/demo/find-executable.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coalmine-test-"));
  for (const name of ["a", "b", "c"]) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

function pathOf(...names: readonly string[]): string {
  return join(folder, ...names);
}

test("the first executable file of the name is found, in the order of the folders", async () => {
  await mkdir(pathOf("a", "tool"));
  for (const name of ["b", "c"]) {
    await writeFile(pathOf(name, "tool"), "");
    await chmod(pathOf(name, "tool"), 0o755);
  }
  const folders = [pathOf("none"), pathOf("a"), pathOf("c"), pathOf("b")];
  expect(await findExecutable("tool", folders)).toBe(pathOf("c", "tool"));
});

test("a file that cannot be executed is not it", async () => {
  await writeFile(pathOf("a", "tool"), "", { mode: 0o644 });
  expect(await findExecutable("tool", [pathOf("a")])).toBeNull();
});
