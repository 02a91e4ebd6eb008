import type { GateDocument } from "../../../analysis/gates/gate-documents.ts";
import { columns, toTheSecond } from "../columns.ts";

const head = ["WHEN", "GATE", "CANARY", "HOOK", "REVISION", "BY"];

/** Gates as a person reads them. */
export function gateTable(gates: readonly GateDocument[]): string {
  return columns([head, ...gates.map(cells)]);
}

function cells({ at, state, namespace, canary, hook, revision, by }: GateDocument): readonly string[] {
  const place = `${namespace}/${canary}`;
  return [toTheSecond(at), state, place, hook ?? "all but rollback", revision ?? "all", by];
}
