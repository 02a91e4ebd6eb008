import { execFileSync } from "node:child_process";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNamedSpecs } from "../../../src/app/flagger/named-specs.ts";
import type { Logger } from "../../../src/base/logger.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const folder = useTemporaryFolder();

const signal = new AbortController().signal;

function open(specs: Readonly<Record<string, unknown>> = {}, path: string | null = folder.path()) {
  const clock = fakeClock(1_000_000);
  const warnings: string[] = [];
  const logger: Logger = {
    info: () => undefined,
    warn: (fields, message) => void warnings.push(`${fields["spec"] ?? ""}: ${message}`),
    error: () => undefined,
  };
  const named = createNamedSpecs({ specs, folder: path, clock, logger });
  const wait = (ms: number) => clock.until(clock.now() + ms, signal);
  return { ...named, warnings, wait };
}

function write(file: string, text: string): Promise<void> {
  return writeFile(folder.path(file), text);
}

describe("specs of the settings", () => {
  it("are found by their names, and need no folder", async () => {
    const strict = { duration: "30m" };
    await expect(open({ strict }, null).find("strict")).resolves.toBe(strict);
  });

  it("are named where another is asked for", async () => {
    const { find } = open({ strict: {}, fast: {} }, null);
    await expect(find("stricct")).rejects.toMatchObject({
      code: "not-found",
      message: "there is no spec `stricct`; did you mean `strict`?",
    });
    await expect(find("constructor")).rejects.toThrow("known: strict, fast");
  });

  it("stand above a file of the same name, which the log says", async () => {
    await write("strict.yaml", "duration: 20m");
    const { find, check, warnings } = open({ strict: { duration: "30m" } });
    await check();
    await expect(find("strict")).resolves.toEqual({ duration: "30m" });
    expect(warnings).toEqual([
      "strict: a spec of specsFolder has the name of one in the settings, which is used",
    ]);
  });
});

describe("specs of a folder", () => {
  it("are files in YAML or JSON", async () => {
    await write("a.yaml", "duration: 20m");
    await write("b.yml", "duration: 21m");
    await write("c.json", '{"duration": "22m"}');
    const { find, check, warnings } = open();
    await expect(Promise.all(["a", "b", "c"].map(find))).resolves.toEqual([
      { duration: "20m" },
      { duration: "21m" },
      { duration: "22m" },
    ]);
    await check();
    expect(warnings).toEqual([]);
  });

  it("are the same object while the file says the same, and another within a second of a change", async () => {
    await write("a.yaml", "duration: 20m");
    const { find, wait } = open();
    const first = await find("a");
    await wait(1_000);
    expect(await find("a")).toBe(first);
    await write("a.yaml", "duration: 25m");
    await wait(1_000);
    await expect(find("a")).resolves.toEqual({ duration: "25m" });
    await rm(folder.path("a.yaml"));
    await wait(1_000);
    await expect(find("a")).rejects.toMatchObject({ code: "not-found" });
  });

  it("are read once a second, however many ask", async () => {
    await write("a.yaml", "duration: 20m");
    const { find, wait } = open();
    await find("a");
    await write("a.yaml", "duration: 25m");
    await wait(999);
    await expect(find("a")).resolves.toEqual({ duration: "20m" });
  });

  it("are found as a mounted ConfigMap has them, and after its exchange", async () => {
    for (const [version, minutes] of [["..1", "20m"] as const, ["..2", "25m"] as const]) {
      await mkdir(folder.path(version));
      await writeFile(folder.path(version, "a.yaml"), `duration: ${minutes}`);
    }
    await symlink("..1", folder.path("..data"));
    await symlink("..data/a.yaml", folder.path("a.yaml"));
    const { find, wait } = open();
    await expect(find("a")).resolves.toEqual({ duration: "20m" });
    await symlink("..2", folder.path("..next"));
    await rename(folder.path("..next"), folder.path("..data"));
    await wait(1_000);
    await expect(find("a")).resolves.toEqual({ duration: "25m" });
    await expect(find("b")).rejects.toThrow("did you mean `a`?");
  });

  it.each(["../a", "..data", "A", ".a", "a/b", ""])("are never called %j", async (name) => {
    await write("a.yaml", "duration: 20m");
    await write(".a.yaml", "duration: 20m");
    await write("A.yaml", "duration: 20m");
    await expect(open().find(name)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are refused by file and fault, and only they", async () => {
    await write("good.yaml", "duration: 20m");
    await write("broken.yaml", "duration: [");
    await write("empty.yaml", "");
    await write("large.yaml", `# ${"x".repeat(256 * 1_024)}`);
    await write("twice.yaml", "duration: 20m");
    await write("twice.json", "{}");
    await mkdir(folder.path("folder.yaml"));
    execFileSync("/usr/bin/mkfifo", [folder.path("pipe.yaml")]);
    const { find, check, warnings } = open();
    await expect(find("good")).resolves.toEqual({ duration: "20m" });
    for (const [name, fault] of [
      ["broken", "broken.yaml: line 1, column 12"],
      ["empty", "empty.yaml: the spec is empty"],
      ["large", "large.yaml: is larger than 262144 bytes"],
      ["twice", "twice.json and twice.yaml: have the same name"],
      ["folder", "folder.yaml: is no file"],
      ["pipe", "pipe.yaml: is no file"],
    ] as const) {
      await expect(find(name)).rejects.toMatchObject({
        code: "invalid-spec",
        message: expect.stringContaining(fault),
      });
    }
    await check();
    expect(warnings.toSorted()).toEqual(
      ["broken", "empty", "folder", "large", "pipe", "twice"].map(
        (name) => `${name}: a spec of specsFolder is unreadable`,
      ),
    );
  });

  it("are looked through at the start for what no Canary could use", async () => {
    await write("a.yaml", "durration: 20m");
    const { check, warnings } = open();
    await check();
    expect(warnings).toEqual(["a: a spec of specsFolder has problems"]);
  });

  it("may not be there yet", async () => {
    const { find, check, warnings, wait } = open({ own: {} }, folder.path("later"));
    await check();
    expect(warnings).toEqual([": specsFolder cannot be read"]);
    await expect(find("own")).resolves.toEqual({});
    await expect(find("a")).rejects.toMatchObject({
      code: "not-found",
      message: "there is no spec `a`; specsFolder cannot be read: there is no such file",
    });
    await mkdir(folder.path("later"));
    await write("later/a.yaml", "duration: 20m");
    await wait(1_000);
    await expect(find("a")).resolves.toEqual({ duration: "20m" });
  });
});
