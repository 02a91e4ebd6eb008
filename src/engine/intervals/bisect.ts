/**
 * The border between a point inside a region and a point outside it, to the
 * last bit a double can tell; the region must have one border between them.
 * Either point may be the larger one.
 */
export function bisect(isInside: (x: number) => boolean, inside: number, outside: number): number {
  let near = inside;
  let far = outside;
  // From 1 to a border of 1e-16 takes a hundred halvings; more than this never helps.
  for (let i = 0; i < 200; i++) {
    const middle = (near + far) / 2;
    if (middle === near || middle === far) break;
    if (isInside(middle)) near = middle;
    else far = middle;
  }
  return near;
}
