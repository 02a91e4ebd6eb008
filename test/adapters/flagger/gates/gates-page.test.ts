/** plugins/flagger/gates.md is held to the differences that test/real/loadtester-gates.test.ts finds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gateHooks } from "../../../../src/analysis/gates/gate.ts";
import { differencesTable } from "../../../support/gate-differences.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../plugins/flagger/gates.md"), "utf8");

it("shows every difference from the load tester as the tests find it", () => {
  const shown = page.match(/<!-- differences: .* -->\n(.*)\n<!-- \/differences -->/s)?.[1];
  expect(shown).toBe(differencesTable());
});

it("names every hook that a gate can have, and every path", () => {
  const paths = ["approve", "halt", "check", "open", "close"].map((word) => `/gate/${word}`);
  for (const word of [...gateHooks, ...paths, "/rollback/check", "/rollback/open", "/rollback/close"])
    expect(page).toContain(`\`${word}\``);
});
