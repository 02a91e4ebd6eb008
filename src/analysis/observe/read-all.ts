import type { SampleSource, SourceAnswer, TimeWindow } from "../ports.ts";
import { renderSelector } from "../selector.ts";
import type { Read } from "./read-plan.ts";

/** How far a read goes back beyond what was consumed: as long as Prometheus keeps a silent series alive. */
export const lookbackMs = 300_000;

/** A read and what the source answered. */
export interface Answered {
  readonly read: Read;
  readonly answer: SourceAnswer;
}

/** Asks the source every read, at once, the same selector only once. */
export async function readAll(
  source: SampleSource,
  reads: readonly Read[],
  window: TimeWindow,
  signal: AbortSignal,
): Promise<readonly Answered[]> {
  const asked = new Map<string, Promise<SourceAnswer>>();
  const ask = (read: Read) => {
    const key = renderSelector(read.selector);
    const known = asked.get(key) ?? source.read(read.selector, window, signal);
    asked.set(key, known);
    return known;
  };
  return await Promise.all(reads.map(async (read) => ({ read, answer: await ask(read) })));
}
