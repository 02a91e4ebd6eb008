import type { GateDocument } from "../../../analysis/gates/gate-documents.ts";

const head = ["WHEN", "GATE", "CANARY", "HOOK", "REVISION", "BY"];

/** Gates as a person reads them: a line each, in columns. */
export function gateTable(gates: readonly GateDocument[]): string {
  const rows = [head, ...gates.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

function cells({ at, state, namespace, canary, hook, revision, by }: GateDocument): readonly string[] {
  const when = at.replace(/[.]\d+Z$/, "Z");
  return [when, state, `${namespace}/${canary}`, hook ?? "all but rollback", revision ?? "all", by];
}
