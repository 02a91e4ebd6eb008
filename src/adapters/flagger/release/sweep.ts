import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import type { CanaryName } from "../hook-call.ts";
import type { OpenReleases } from "./open-releases.ts";

export interface SweepOptions {
  readonly open: OpenReleases;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long nothing may call for a release, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Ends the sweep. */
  readonly signal: AbortSignal;
  /** Closes the release of a Canary, unless somebody has called since. */
  close(canary: CanaryName, calledBefore: number): Promise<void>;
}

/**
 * Makes the function that begins to close what nothing calls for any more, unless
 * it is under way. It waits for the next that falls due, and ends when there is
 * nothing left to close: to be called whenever there may be something again.
 */
export function createSweep(options: SweepOptions): () => void {
  const { open, logger, signal } = options;
  let isSweeping = false;
  return () => {
    if (isSweeping || signal.aborted || open.size === 0) return;
    isSweeping = true;
    void sweep(options)
      .catch((error: unknown) => {
        if (!signal.aborted) logger.error({ err: error }, "idle releases could not be closed");
      })
      .finally(() => {
        isSweeping = false;
      });
  };
}

async function sweep({ open, clock, idleTimeoutMs, signal, close }: SweepOptions): Promise<void> {
  while (open.size > 0) {
    const due = open.leastCalledAt + idleTimeoutMs;
    // One wake for those that fall due together.
    await clock.until(Math.max(due, clock.now() + 1_000), signal);
    const calledBefore = clock.now() - idleTimeoutMs;
    for (const canary of [...open.idleSince(calledBefore)]) await close(canary, calledBefore);
  }
}
