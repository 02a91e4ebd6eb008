/** docs/architecture.md is held to the tree: its diagram is the one the imports draw, and the files it names are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cruiseTree } from "../../tools/cruise-tree.ts";
import { folderDiagram, withDiagram } from "../../tools/folder-diagram.ts";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/architecture.md"), "utf8");

describe("docs/architecture.md", () => {
  it("shows the folders as they import each other (else: npm run architecture)", async () => {
    const diagram = folderDiagram(await cruiseTree(repository, ["src"]));
    expect(page).toBe(withDiagram(page, diagram));
  });

  it("names only files and folders that are there", () => {
    const named = [...page.matchAll(/`((?:src|test|tools)\/[\w./-]+)`/g)].map(([, path]) => path ?? "");
    expect(named.length).toBeGreaterThan(9);
    expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });
});
