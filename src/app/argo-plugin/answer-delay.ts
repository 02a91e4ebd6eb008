import type { NamedSource } from "../../analysis/pick-sources.ts";

/** Beyond the sources' delay, for the look itself, in milliseconds. */
const lookTimeMs = 1_000;

/** How long after a look's time its answer is known, by the slowest of the sources, in milliseconds. */
export function answerDelayOf(sources: readonly Pick<NamedSource, "ingestionDelayMs">[]): number {
  return Math.max(0, ...sources.map(({ ingestionDelayMs }) => ingestionDelayMs)) + lookTimeMs;
}
