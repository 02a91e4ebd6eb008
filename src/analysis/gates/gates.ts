import type { Asker } from "../audit/audit-entry.ts";
import type { Gate, GateHook } from "./gate.ts";

/** What a gate is asked for. */
export interface GateQuestion {
  readonly namespace: string;
  readonly canary: string;
  /** Null: of no hook in particular, which only gates of every hook answer. */
  readonly hook: GateHook | null;
  /** Null: of no revision in particular, which only gates of every revision answer. */
  readonly revision: string | null;
  /** Words that open this one revision do not apply if they were said before; milliseconds since the epoch, 0 unless given. */
  readonly openedSince?: number;
}

/** Which gates to list: those that match every field given. */
export interface GateFilter {
  readonly namespace?: string;
  readonly canary?: string;
}

/** Words of people, kept for hosts that wait for them. */
export interface Gates {
  /**
   * Opens or closes; what was said before of the same hook and revision is
   * forgotten, but for the audit, where each word has its entry: a word that is
   * repeated is a new one, of its own time.
   *
   * @param asker whose entry it is; `by` may be somebody else whom the caller speaks for.
   */
  say(word: Omit<Gate, "at">, asker: Asker): Promise<Gate>;
  /** The latest word that applies, wide or narrow; null where nobody said anything. */
  standing(question: GateQuestion): Promise<Gate | null>;
  /** Latest first. */
  list(filter: GateFilter): Promise<readonly Gate[]>;
}
