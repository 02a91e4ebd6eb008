/** Who is called for the looks that fall due. */
import type { DueLook } from "../ports.ts";

/**
 * Takes the look that is due, and keeps it together with the time of the next
 * one. For an analysis that does not run any more it does nothing, so a call too
 * many changes nothing.
 *
 * @param isRetry a call for this look was lost or failed before.
 * @param signal aborts when the process stops: the look is then left to another.
 * @throws if the look could not be kept: it is to be called for again.
 */
export type TakeLook = (id: string, isRetry: boolean, signal: AbortSignal) => Promise<void>;

/**
 * Calls for looks when they fall due. Implemented under src/work: by a timer over
 * the due times for one process, by jobs in PostgreSQL for many.
 */
export interface LookQueue {
  /** Begins to call. Once only. */
  open(take: TakeLook): Promise<void>;
  /** Tells of a look that the store keeps now; replaces the one told before of the same analysis. Nothing to do for a queue whose jobs the store adds itself. */
  expect(due: DueLook): void;
  /** How many looks are under way in this process, and how many are due and wait for their turn. */
  depth(): Promise<{ readonly underWay: number; readonly waiting: number }>;
  /** Begins no further look, gives those under way the milliseconds, then aborts them. What is due stays in the store. */
  close(graceMs: number): Promise<void>;
}
