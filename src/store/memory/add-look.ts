import type { LookRecord } from "../../analysis/analysis-record.ts";
import { lookStride } from "../look-stride.ts";

/** An evidence path as it is kept. */
export interface LookPath {
  /** Those at multiples of {@link lookStride}, and the newest. */
  readonly looks: readonly LookRecord[];
  /** How many there have been, with those that were dropped. */
  readonly taken: number;
}

/** The path with one more look, of which at most `most` are kept. */
export function addLook({ looks, taken }: LookPath, look: LookRecord, most: number): LookPath {
  const newest = Math.max(0, taken - 1);
  const before = lookStride(newest, most);
  const stride = lookStride(taken, most);
  const kept = looks.filter((_, index) => Math.min(index * before, newest) % stride === 0);
  return { looks: [...kept, look], taken: taken + 1 };
}
