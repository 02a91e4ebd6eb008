import type { Change, RunningAnalysis } from "../analysis-record.ts";
import { type LookOptions, lookOnce } from "./look-once.ts";

export interface FirstLookOptions extends LookOptions {
  /** How long it is waited for, in milliseconds: a source that is away must not hold up the caller. */
  readonly preflightMs: number;
}

/**
 * An analysis as it is to be kept first: with its first look, or without if that
 * takes too long and is left to the queue.
 *
 * @throws whatever the run throws until then, for instance CoalmineError
 *   invalid-spec when the cohorts overlap; the signal's reason if it aborts.
 */
export async function firstChange(running: RunningAnalysis, options: FirstLookOptions): Promise<Change> {
  const { clock, preflightMs, signal } = options;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const look = lookOnce(running, { ...options, signal: either });
  const time = clock.until(clock.now() + preflightMs, either).then(() => null);
  try {
    const first = await Promise.race([look, time]);
    return first ?? { record: running.record, look: null, next: running.next };
  } finally {
    over.abort(new Error("the first look is no longer waited for"));
    // Whichever lost the race is nobody's any more.
    look.catch(() => undefined);
    time.catch(() => undefined);
  }
}
