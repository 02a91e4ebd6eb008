import { Counter, type Registry } from "prom-client";
import type { Access } from "../../base/access.ts";

/** Counts the callers that are refused. */
export interface AccessMetrics {
  /** The same access; refusals are counted. */
  countedAccess(access: Access): Access;
}

export function createAccessMetrics(registry: Registry): AccessMetrics {
  const registers = [registry];
  const refusals = new Counter({
    name: "coalmine_access_refusals_total",
    help: "Requests that were refused: their sender is nobody known (unauthenticated), cannot be told now (undecided), or may not do what it asks for (forbidden).",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of ["unauthenticated", "undecided", "forbidden"]) refusals.inc({ kind }, 0);

  const onRefused = () => refusals.inc({ kind: "forbidden" });

  return {
    countedAccess: (access) => ({
      isOn: access.isOn,
      async callerOf(secret) {
        try {
          const caller = await access.callerOf(secret);
          if (caller === null) refusals.inc({ kind: "unauthenticated" });
          return caller === null ? null : { ...caller, onRefused };
        } catch (error) {
          refusals.inc({ kind: "undecided" });
          throw error;
        }
      },
    }),
  };
}
