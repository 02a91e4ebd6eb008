import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inspect } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { loadSettings } from "../../../src/app/settings/load-settings.ts";

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "coalmine-settings-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "settings.yaml");
  await writeFile(path, text);
  return path;
}

it("reads a YAML file", async () => {
  const path = await fileOf(
    "listen: {port: 9000}\nsources:\n  default: {kind: prometheus, url: 'http://p:9090'}\n",
  );
  expect(await loadSettings(path, {})).toMatchObject({
    listen: { port: 9_000 },
    sources: { default: { settings: { url: "http://p:9090" } } },
  });
});

it("takes an empty file for the defaults", async () => {
  expect(await loadSettings(await fileOf("# nothing yet\n"), {})).toEqual(await loadSettings(null, {}));
});

it("needs a file that was named", async () => {
  const loading = loadSettings(join(tmpdir(), "coalmine-no-such-file.yaml"), {});
  await expect(loading).rejects.toMatchObject({
    code: "invalid-settings",
    message: expect.stringMatching(/coalmine-no-such-file\.yaml.*no such file/),
  });
});

it.each(["a: [", "a: 1\na: 2", "sources: *nobody"])("refuses the YAML %j", async (text) => {
  await expect(loadSettings(await fileOf(text), {})).rejects.toMatchObject({ code: "invalid-settings" });
});

it.each([
  "access: {tokens: [{name: ci, token: hunter2-hunter2-hunter2, namespaces: [shop}]}",
  "access: 'hunter2-hunter2-hunter2\nb: 1",
  "access: hunter2-hunter2-hunter2: x",
  "access: *hunter2-hunter2-hunter2",
  "access: !hunter2-hunter2-hunter2 hunter2",
])("repeats nothing of what a file holds that cannot be read: %j", async (text) => {
  const warned: Error[] = [];
  const remember = (warning: Error) => void warned.push(warning);
  process.on("warning", remember);
  onTestFinished(() => void process.off("warning", remember));
  const error: unknown = await loadSettings(await fileOf(text), {}).catch((thrown: unknown) => thrown);
  await nextTurn();
  expect(error).toMatchObject({ code: "invalid-settings" });
  expect(inspect([error, warned], { depth: 9, showHidden: true })).not.toContain("hunter2");
});

it("says where a file is no YAML", async () => {
  const loading = loadSettings(await fileOf("listen: {}\nlisten: {}\n"), {});
  await expect(loading).rejects.toThrow(/settings\.yaml is no YAML: duplicate key in line 2, column 1/);
});
