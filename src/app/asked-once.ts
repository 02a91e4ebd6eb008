import type { Clock } from "../base/clock.ts";

/** How long an answer holds. */
const freshMs = 1_000;

/** The same question, asked once a second at most however often somebody wants to know. */
export function askedOnce<T>(ask: () => Promise<T>, clock: Clock): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (answer !== null && now - askedAt < freshMs) return answer;
    askedAt = now;
    answer = ask();
    return answer;
  };
}
