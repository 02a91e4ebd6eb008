/** Tries again, at growing distances, for as long as a budget lasts. */
import type { Clock } from "../../base/clock.ts";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { FailedTry } from "./failed-try.ts";

/** How long and how often to try. */
export interface RetryPolicy {
  /** For all tries and the waits between them, in milliseconds; the first try is always made. */
  readonly budgetMs: number;
  /** The machine's clock: a replayed one does not tell how long a server takes. */
  readonly clock: Clock;
  /** In [0, 1); spreads the retries of clients that failed together. */
  readonly random: () => number;
}

const firstWaitMs = 200;
const longestWaitMs = 5_000;

/**
 * The result of the first try that succeeds. A {@link FailedTry} is tried again
 * after a wait that doubles from 0.2 s to 5 s, less up to half by chance, and is
 * no shorter than what the server asked for; anything else is thrown at once.
 *
 * `attempt` is told how much of the budget is left, which is Infinity the first time.
 *
 * @throws CoalmineError source-unavailable, naming `subject` and the last cause,
 *   when the next try would start after the budget. The signal's reason if it aborts.
 */
export async function retryWithin<T>(
  policy: RetryPolicy,
  subject: string,
  signal: AbortSignal,
  attempt: (leftMs: number) => Promise<T>,
): Promise<T> {
  const deadline = policy.clock.now() + policy.budgetMs;
  let leftMs = Number.POSITIVE_INFINITY;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await attempt(leftMs);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FailedTry)) throw error;
      const next = policy.clock.now() + Math.max(waitMs(tries, policy.random), error.retryAfterMs);
      if (next >= deadline) throw exhausted(policy, subject, tries, error);
      await policy.clock.until(next, signal);
      leftMs = Math.max(1, deadline - policy.clock.now());
    }
  }
}

function waitMs(tries: number, random: () => number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)) * (1 - random() / 2);
}

function exhausted(policy: RetryPolicy, subject: string, tries: number, last: FailedTry): CoalmineError {
  const effort = `${tries} ${tries === 1 ? "try" : "tries"} (retry budget ${formatDuration(policy.budgetMs)})`;
  const message = `no usable answer from ${subject} in ${effort}: ${last.message}`;
  return new CoalmineError("source-unavailable", message, { cause: last });
}
