import type { Cohort } from "../observation.ts";
import type { SourceAnswer } from "../ports.ts";
import type { BadLabel } from "../telemetry.ts";

/** What one source answered for one selector of one cohort, and how its series are to be counted. */
export interface CounterRead {
  readonly cohort: Cohort;
  readonly answer: SourceAnswer;
  readonly family: CounterFamily;
}

/** How series become tallies. */
export type CounterFamily =
  /** All series are requests; those that match any of `bad` are bad too. `bad` empty: nothing is bad. */
  | {
      readonly kind: "requests";
      readonly bad: readonly BadLabel[];
    }
  /** A histogram, classic (`le` labels) or native: bad[i] is the count above boundaries[i]. */
  | { readonly kind: "histogram"; readonly boundaries: readonly number[] };
