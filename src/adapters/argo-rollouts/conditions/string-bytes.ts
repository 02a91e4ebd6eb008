/**
 * Text as Go holds it: bytes of UTF-8. `len`, an index and `<` on a string see
 * bytes; JavaScript's own see UTF-16.
 */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Each byte as an int. */
export function bytesOf(text: string): readonly bigint[] {
  return Array.from(Buffer.from(text, "utf8"), BigInt);
}

/** Below 0, 0 or above 0 as `left` sorts before, with or after `right`. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, "utf8"), Buffer.from(right, "utf8"));
}
