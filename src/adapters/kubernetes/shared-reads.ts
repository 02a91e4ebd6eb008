/** Lets those who ask for the same thing at about the same time share one answer. */
import type { Clock } from "../../base/clock.ts";

interface SharedRead<T> {
  readonly answer: Promise<T>;
  /** When the answer came; null while it is awaited. */
  answeredAt: number | null;
}

/**
 * `read` is called once for all who ask for a key until `freshMs` after its
 * answer came. A failure is shared by those who wait for it and then forgotten.
 *
 * One who gives up by their signal leaves the read to the others; nothing else
 * ends it, so `read` bounds its own time.
 */
export function shareReads<T>(
  read: (key: string) => Promise<T>,
  { clock, freshMs }: { readonly clock: Clock; readonly freshMs: number },
): (key: string, signal: AbortSignal) => Promise<T> {
  const reads = new Map<string, SharedRead<T>>();

  function start(key: string): SharedRead<T> {
    const shared: SharedRead<T> = { answer: read(key), answeredAt: null };
    reads.set(key, shared);
    shared.answer.then(
      () => {
        shared.answeredAt = clock.now();
      },
      () => {
        reads.delete(key);
      },
    );
    return shared;
  }

  function forgetStale(): void {
    const now = clock.now();
    for (const [key, { answeredAt }] of reads) {
      // Before it was answered means the clock was set back: how fresh it is cannot be told.
      if (answeredAt !== null && (now - answeredAt >= freshMs || now < answeredAt)) reads.delete(key);
    }
  }

  return async (key, signal) => {
    signal.throwIfAborted();
    forgetStale();
    return await unlessAborted((reads.get(key) ?? start(key)).answer, signal);
  };
}

async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
