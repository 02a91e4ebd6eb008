import type { Caller } from "../../base/access.ts";
import type { AuditFilter, AuditStore } from "../ports.ts";
import type { KeptEntry } from "./audit-entry.ts";

/** A part of the audit. */
export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly KeptEntry[];
  /** What to ask for as `before` to go on; null at the end. */
  readonly next: number | null;
}

/** How many entries one question looks through, in reads of a thousand, for those of the caller's namespaces. */
const mostReads = 20;
const readAtOnce = 1_000;

/**
 * The entries of namespaces that the caller may read. A page may hold fewer than
 * asked for, even none, and still lead on: others' entries lay between.
 */
export async function listAudit(audit: AuditStore, caller: Caller, filter: AuditFilter): Promise<AuditPage> {
  const { namespace, limit } = filter;
  if (namespace !== undefined && !caller.mayRead(namespace)) return { entries: [], next: null };
  const ours: KeptEntry[] = [];
  let before = filter.before;
  // One more than asked for tells whether there is more.
  for (let reads = 0, most = limit + 1; reads < mostReads; reads++, most = readAtOnce) {
    const read = await audit.list({ ...filter, ...(before === undefined ? {} : { before }), limit: most });
    ours.push(...read.filter((entry) => caller.mayRead(entry.namespace)));
    const entries = ours.slice(0, limit);
    if (ours.length > limit) return { entries, next: entries.at(-1)?.position ?? null };
    before = read.at(-1)?.position;
    if (before === undefined || read.length < most) return { entries, next: null };
  }
  return { entries: ours, next: before ?? null };
}
