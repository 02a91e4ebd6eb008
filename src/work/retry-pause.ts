/** The first pause before a look that failed is called for again, unless a queue is told another: milliseconds. */
export const firstRetryMs = 1_000;

const longestMs = 30_000;

/** The pause after so many failures of one look before: doubling, 30 s at most. */
export function retryPauseMs(retryMs: number, failures: number): number {
  return Math.min(longestMs, retryMs * 2 ** Math.min(failures, 30));
}
