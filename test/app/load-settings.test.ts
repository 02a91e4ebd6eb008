import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadSettings } from "../../src/app/load-settings.ts";

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
