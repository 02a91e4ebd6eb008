import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { decide } from "../../../src/adapters/flagger/answer/answer-table.ts";
import type { JudgedHook } from "../../../src/adapters/flagger/release/release-life.ts";
import type { Standing } from "../../../src/adapters/flagger/release/standing.ts";

const readme = await readFile(new URL("../../../src/adapters/flagger/README.md", import.meta.url), "utf8");
const columns = ["none", "running", "pass", "fail", "held", "rollback", "promote"] as const;
const hooks: readonly JudgedHook[] = [
  "pre-rollout",
  "rollout",
  "confirm-traffic-increase",
  "confirm-promotion",
  "rollback",
];

const standing = (kind: (typeof columns)[number]): Standing => {
  if (kind === "running") return { kind, reason: "", endsAt: 0 };
  if (kind === "held") return { kind, reason: "", until: 0 };
  return kind === "rollback" ? { kind, reason: "", heldUntil: null } : { kind, reason: "" };
};

it.each(hooks)("its table is what %s answers", (hook) => {
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${hook}\``)) ?? "";
  const cells = row.split("|").slice(2, -1);
  expect(cells.map(Number)).toEqual(
    columns.map((kind) => decide(hook, standing(kind), { own: null, promotion: null }).status),
  );
});
