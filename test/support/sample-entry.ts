import type { Asker, AuditEntry } from "../../src/analysis/audit/audit-entry.ts";

/** Who asks in tests that are about something else. */
export const sampleAsker: Asker = { caller: "alice", door: "rest" };

/** An entry of alice's, who starts the analysis `a` in shop at that minute of 2026-01-01, 12 o'clock. */
export function entryOf({
  minute = 0,
  ...rest
}: Partial<AuditEntry> & { readonly minute?: number } = {}): AuditEntry {
  return {
    ...sampleAsker,
    at: Date.UTC(2026, 0, 1, 12, minute),
    action: "start",
    namespace: "shop",
    about: { kind: "analysis", id: "a", key: null, service: "checkout" },
    ...rest,
  };
}
