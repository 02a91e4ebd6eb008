import { expect } from "vitest";
import type { TakeLook } from "../../src/analysis/live/look-queue.ts";

/** A `take` that a test sees and holds up. */
export interface ObservedTakes {
  readonly take: TakeLook;
  /** In the order they were begun. */
  readonly calls: readonly { readonly id: string; readonly isRetry: boolean }[];
  readonly mostAtOnce: number;
  /** How many ended by their signal. */
  readonly aborted: number;
  onBegin: (id: string) => void;
  /** What a look does before it ends. */
  onEnd: (id: string) => Promise<void>;
  /** From here on looks wait, until one of them is released or all are. */
  hold(): void;
  releaseOne(): void;
  release(): void;
  /** Waits until so many looks have begun. */
  begun(count: number): Promise<void>;
}

export function observeTakes(): ObservedTakes {
  const calls: { id: string; isRetry: boolean }[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;
  let now = 0;
  const takes = {
    calls,
    mostAtOnce: 0,
    aborted: 0,
    onBegin: (_id: string): void => undefined,
    onEnd: async (_id: string): Promise<void> => undefined,
    hold: () => {
      isHolding = true;
    },
    releaseOne: () => held.shift()?.(),
    release: () => {
      isHolding = false;
      for (const go of held.splice(0)) go();
    },
    begun: async (count: number) => {
      await expect.poll(() => calls.length, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(count);
    },
    take: async (id: string, isRetry: boolean, signal: AbortSignal) => {
      calls.push({ id, isRetry });
      now += 1;
      takes.mostAtOnce = Math.max(takes.mostAtOnce, now);
      takes.onBegin(id);
      try {
        if (isHolding) await heldUp(held, signal);
        await takes.onEnd(id);
      } finally {
        now -= 1;
        if (signal.aborted) takes.aborted += 1;
      }
    },
  };
  return takes;
}

function heldUp(held: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    held.push(resolve);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
