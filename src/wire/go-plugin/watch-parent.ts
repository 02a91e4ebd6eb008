/** How a plugin learns that its host was killed before it connected, or without its connection being closed. */
import type { Clock } from "../../base/clock.ts";

/** What is watched, and how often. */
export interface WatchParentOptions {
  /** The id of the parent process, as `() => process.ppid`. */
  readonly parentId: () => number;
  readonly clock: Clock;
  /** Between two looks. */
  readonly intervalMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when the process has another parent than at first, which means that
 * its parent has ended. A first parent of id 1 is no sign: in a container the
 * host may be that.
 *
 * @throws the signal's reason if it aborts first.
 */
export async function parentEnded({
  parentId,
  clock,
  intervalMs,
  signal,
}: WatchParentOptions): Promise<void> {
  const first = parentId();
  while (parentId() === first) await clock.until(clock.now() + intervalMs, signal);
}
