/**
 * How long evidence paths are thinned: kept are the looks whose position, from 0,
 * is a multiple of the stride, and the newest. So a path spans the whole analysis
 * evenly, however long it runs. (Dropping every second look whenever a path is
 * full halves what was halved before: of old looks hardly any would be left.)
 *
 * @param position of the newest look.
 * @param most how many may be kept; 2 at least, the first and the newest.
 * @returns a power of two, the least that will do; it never falls as a path grows.
 */
export function lookStride(position: number, most: number): number {
  let stride = 1;
  while (keptLooks(position, stride) > Math.max(most, 2)) stride *= 2;
  return stride;
}

function keptLooks(position: number, stride: number): number {
  return Math.floor(position / stride) + (position % stride === 0 ? 1 : 2);
}
