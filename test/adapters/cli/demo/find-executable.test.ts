import { chmod, mkdir, writeFile } from "node:fs/promises";
import { beforeEach, expect, test } from "vitest";
import { findExecutable } from "../../../../src/adapters/cli/demo/find-executable.ts";
import { useTemporaryFolder } from "../../../support/temporary-folder.ts";

const folder = useTemporaryFolder();
beforeEach(async () => {
  for (const name of ["a", "b", "c"]) await mkdir(folder.path(name));
});

test("the first executable file of the name is found, in the order of the folders", async () => {
  await mkdir(folder.path("a", "tool"));
  for (const name of ["b", "c"]) {
    await writeFile(folder.path(name, "tool"), "");
    await chmod(folder.path(name, "tool"), 0o755);
  }
  const folders = [folder.path("none"), folder.path("a"), folder.path("c"), folder.path("b")];
  expect(await findExecutable("tool", folders)).toBe(folder.path("c", "tool"));
});

test("a file that cannot be executed is not it", async () => {
  await writeFile(folder.path("a", "tool"), "", { mode: 0o644 });
  expect(await findExecutable("tool", [folder.path("a")])).toBeNull();
});
