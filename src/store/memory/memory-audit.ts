import type { AuditEntry, KeptEntry } from "../../analysis/audit/audit-entry.ts";
import type { AuditStore } from "../../analysis/ports.ts";

/** An audit that the stores of a process write their changes' entries into. */
export interface MemoryAudit extends AuditStore {
  add(entry: AuditEntry): void;
}

/**
 * An audit that lives as long as its process.
 *
 * @param maxEntries beyond it the oldest are forgotten; 10,000 unless given.
 */
export function createMemoryAudit({
  maxEntries = 10_000,
}: {
  readonly maxEntries?: number;
} = {}): MemoryAudit {
  /** By position, oldest first. */
  const entries = new Map<number, KeptEntry>();
  let last = 0;
  return {
    add(entry) {
      last += 1;
      entries.set(last, { ...entry, position: last });
      if (entries.size > maxEntries) entries.delete(last - maxEntries);
    },
    async list({ namespace, before = Number.POSITIVE_INFINITY, limit }) {
      return [...entries.values()]
        .filter((entry) => entry.position < before)
        .filter((entry) => namespace === undefined || entry.namespace === namespace)
        .slice(-limit)
        .reverse();
    },
  };
}
