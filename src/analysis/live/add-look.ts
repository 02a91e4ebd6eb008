import type { LookRecord } from "../analysis-record.ts";

/**
 * The evidence path with one more look, at most `most` long: when it is full,
 * every second look is dropped, so that the path still spans the whole analysis.
 * The newest is always kept.
 */
export function addLook(looks: readonly LookRecord[], look: LookRecord, most: number): readonly LookRecord[] {
  const all = [...looks, look];
  if (all.length <= most) return all;
  return all.filter((_, index) => (all.length - 1 - index) % 2 === 0);
}
