import type { Clock } from "../../base/clock.ts";
import { every } from "../../base/every.ts";
import type { Logger } from "../../base/logger.ts";

export interface ForgetOptions {
  readonly store: {
    forget(before: { readonly endedBefore: number }): Promise<number>;
    forgetEntries(before: number): Promise<number>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long an analysis is kept after its end. */
  readonly keepMs: number;
  /** How long an entry of the audit is kept. */
  readonly keepAuditMs: number;
}

/** How often it looks for what may be forgotten: ten minutes after the start, then every hour. */
const firstMs = 10 * 60_000;
const everyMs = 60 * 60_000;

/** Forgets the analyses that ended long ago, and old entries of the audit, while the process lives. */
export function forgetInTime({ store, clock, logger, keepMs, keepAuditMs }: ForgetOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function forget(): Promise<void> {
    try {
      const forgotten = await store.forget({ endedBefore: clock.now() - keepMs });
      if (forgotten > 0) logger.info({ forgotten }, "analyses that ended long ago are forgotten");
      const entries = await store.forgetEntries(clock.now() - keepAuditMs);
      if (entries > 0) logger.info({ entries }, "old entries of the audit are forgotten");
    } catch (error) {
      logger.error({ err: error }, "old analyses or entries of the audit could not be forgotten");
    }
  }

  async function goOn(): Promise<void> {
    await clock.until(clock.now() + firstMs, signal).catch(() => undefined);
    if (!signal.aborted) await forget();
    await every(clock, everyMs, signal, forget);
  }

  const going = goOn();
  return {
    async stop() {
      stopping.abort(new Error("the store is closed"));
      await going;
    },
  };
}
