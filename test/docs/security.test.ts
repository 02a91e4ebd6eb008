/** docs/security.md names tests: they are there, and so is everything else it links to. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const path = join(import.meta.dirname, "../../docs/security.md");
const page = readFileSync(path, "utf8");
const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);

it("links to what is there", () => {
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
});

it("has a test for each thing that could happen", () => {
  const tables = page.split("| what could happen | what is done | test |\n| --- | --- | --- |\n").slice(1);
  const rows = tables.flatMap((table) => (table.split("\n\n")[0] ?? "").split("\n"));
  expect(rows.length).toBeGreaterThan(20);
  const untested = rows.filter((row) => !/\|[^|]*(?:\.\.\/test\/|the same)[^|]*\|$/.test(row));
  expect(untested).toEqual([]);
});
