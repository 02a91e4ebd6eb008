import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeOnce } from "./make-once.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "coalmine-make-once-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("makeOnce", () => {
  it("makes the folder once, however many ask at the same time", async () => {
    const folder = join(root, "programs");
    let made = 0;
    const ask = () =>
      makeOnce(folder, async (into) => {
        made += 1;
        await Promise.resolve();
        writeFileSync(join(into, "program"), `made ${made}`);
      });
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([folder, folder, folder]);
    await ask();
    expect(made).toBe(1);
    expect(readFileSync(join(folder, "program"), "utf8")).toBe("made 1");
  });

  it("leaves nothing in place when making fails, and tries again when asked again", async () => {
    const folder = join(root, "programs");
    const failing = makeOnce(folder, async (into) => {
      writeFileSync(join(into, "half"), "");
      throw new Error("the compiler was not found");
    });
    await expect(failing).rejects.toThrow("the compiler was not found");
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(root).filter((name) => name.includes("part"))).toEqual([]);
    await makeOnce(folder, async (into) => writeFileSync(join(into, "program"), ""));
    expect(readdirSync(folder)).toEqual(["program"]);
  });
});
