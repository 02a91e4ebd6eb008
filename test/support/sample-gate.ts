import type { Gate } from "../../src/analysis/gates/gate.ts";

/** A gate of shop/checkout, open for every hook and revision, said at that minute of 2026-01-01, 12 o'clock. */
export function gateOf({ minute = 0, ...rest }: Partial<Gate> & { readonly minute?: number } = {}): Gate {
  return {
    namespace: "shop",
    canary: "checkout",
    hook: null,
    revision: null,
    isOpen: true,
    at: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
    by: "alice",
    ...rest,
  };
}
