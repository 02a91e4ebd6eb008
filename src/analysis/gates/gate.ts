/** What a gate can be about: a hook of Flagger's that waits for a word of somebody. */
export const gateHooks = [
  "confirm-rollout",
  "confirm-traffic-increase",
  "confirm-promotion",
  "rollback",
] as const;

export type GateHook = (typeof gateHooks)[number];

/** What was said last of one canary's hook and revision. */
export interface Gate {
  readonly namespace: string;
  /** Name of the Canary. */
  readonly canary: string;
  /** Null: every hook but `rollback`, whose opening means the contrary. */
  readonly hook: GateHook | null;
  /** Checksum of the revision as Flagger says it; null: every one. */
  readonly revision: string | null;
  readonly isOpen: boolean;
  /** When it was said, RFC 3339 UTC. */
  readonly at: string;
  /** Who said it: the name of a token, or what the caller called itself. */
  readonly by: string;
}
