import type { CounterRead } from "../counting/counter-read.ts";
import { histogramBounds } from "../counting/histogram-bounds.ts";
import type { Answered } from "./read-all.ts";
import type { Read } from "./read-plan.ts";

/** A read of counters, as the counting takes it. */
export interface CountedRead {
  readonly read: Read;
  readonly counterRead: CounterRead;
  /** Boundaries of a histogram whose layout is not chosen yet; empty for everything else. */
  readonly bounds: readonly number[];
}

/** The reads that are counted: all but gauges and conditions. */
export function toCounterReads(answered: readonly Answered[]): readonly CountedRead[] {
  return answered.flatMap(({ read, answer }): CountedRead[] => {
    const { cohort, role } = read;
    if (role.kind === "value") return [];
    if (role.kind === "counter")
      return [{ read, counterRead: { cohort, answer, family: role.family }, bounds: [] }];
    const sameHistogram = answered.filter((other) => isSameHistogram(other.read, read));
    const bounds = histogramBounds(sameHistogram.map((other) => other.answer));
    return [
      { read, counterRead: { cohort, answer, family: { kind: "histogram", boundaries: bounds } }, bounds },
    ];
  });
}

function isSameHistogram(a: Read, b: Read): boolean {
  return (
    a.metric === b.metric &&
    a.role.kind === "allBuckets" &&
    b.role.kind === "allBuckets" &&
    a.role.form === b.role.form
  );
}
