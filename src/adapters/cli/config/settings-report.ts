import type { CoalmineError, Problem } from "../../../base/errors.ts";

/** What the settings of a server come to. */
export interface SettingsReport {
  /** What they mean, a name and a text each; no text holds a secret. */
  readonly rows: readonly (readonly [name: string, text: string])[];
  /** What was tried of it; empty unless that was asked for. */
  readonly trials: readonly Trial[];
}

/** One thing that the settings name, and what became of trying it. */
export type Trial = { readonly what: string } & TrialOutcome;

export type TrialOutcome =
  | { readonly kind: "ok"; readonly text: string }
  /** A server would start all the same. */
  | { readonly kind: "warned"; readonly problems: readonly Problem[] }
  | { readonly kind: "failed"; readonly error: CoalmineError };
