import type { AuditEntryDocument } from "../../../analysis/audit/audit-documents.ts";
import { columns, toTheSecond } from "../columns.ts";
import { printable } from "../printable.ts";

const head = ["WHEN", "CALLER", "DOOR", "ACTION", "NAMESPACE", "WHAT"];

/** Entries of the audit as a person reads them. */
export function auditTable(entries: readonly AuditEntryDocument[]): string {
  return columns([head, ...entries.map((entry) => cells(entry).map(printable))]);
}

function cells(entry: AuditEntryDocument): readonly string[] {
  const { at, caller, door, action, namespace } = entry;
  return [toTheSecond(at), caller, door, action, namespace === "" ? "-" : namespace, whatOf(entry)];
}

function whatOf({ caller, analysis, gate }: AuditEntryDocument): string {
  if (gate !== null) {
    const { canary, hook, revision, by } = gate;
    const speaker = by === caller ? "" : `, said by ${by}`;
    return `${canary}: ${hook ?? "all but rollback"}, revision ${revision ?? "all"}${speaker}`;
  }
  if (analysis === null) return "";
  const { id, key, service } = analysis;
  return `${service}: ${id}${key === null ? "" : `, key ${key}`}`;
}
