/** What is written down of a change that somebody asked for. Names only: nothing that lets anybody in. */
import type { GateHook } from "../gates/gate.ts";

/** The ways in. The command line comes through `rest`; `server` is the server itself, which nobody asked. */
export const doors = ["rest", "grpc", "prometheus", "flagger", "server"] as const;

export type Door = (typeof doors)[number];

/** Who asks, and through which door. */
export interface Asker {
  /** The name of a Caller (src/base/access.ts): `anybody` where access control is off. */
  readonly caller: string;
  readonly door: Door;
}

/** The server, where it ends what nobody calls for any more. */
export const serverItself: Asker = { caller: "coalmine", door: "server" };

/** `adopt` takes over an analysis with the state that it had elsewhere. */
export const auditActions = ["start", "adopt", "cancel", "open-gate", "close-gate"] as const;

export type AuditAction = (typeof auditActions)[number];

/** What a change is about. */
export type Audited =
  | {
      readonly kind: "analysis";
      readonly id: string;
      readonly key: string | null;
      readonly service: string;
    }
  | {
      readonly kind: "gate";
      readonly canary: string;
      /** Null: every one but `rollback`. */
      readonly hook: GateHook | null;
      /** Null: every one. */
      readonly revision: string | null;
      /** What the caller called itself; its own name where access control is on. */
      readonly by: string;
    };

/**
 * A change, who asked for it and when. It is kept in one transaction with the
 * change: neither is there without the other, so a change whose entry cannot be
 * kept is refused, and there is no entry of a change that failed. What changes
 * nothing (a request that is repeated, an analysis that had ended before it was
 * cancelled, a judgement, a weight of traffic that a host tells) has none.
 */
export interface AuditEntry extends Asker {
  /** Milliseconds since the epoch, by the clock of the server that was asked. */
  readonly at: number;
  readonly action: AuditAction;
  readonly namespace: string;
  readonly about: Audited;
}

/** An entry as it is kept. */
export interface KeptEntry extends AuditEntry {
  /** From 1; of two entries the one that was written later has the higher. No number comes twice. */
  readonly position: number;
}
