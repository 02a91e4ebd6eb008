/** Time, handed in so that a run can be replayed and a test need not wait. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves when `now()` is at least `time`; at once if it already is.
   *
   * @throws the signal's reason if it aborts first.
   */
  until(time: number, signal: AbortSignal): Promise<void>;
}
