// Short names for pods, so that remembering a hundred of them costs a few kilobytes.

/**
 * FNV-1a, 32 bits, over the UTF-16 units of a text, in base 36: at most seven
 * characters. Two of 100 pods share one with a chance of about one in a million.
 * Source: draft-eastlake-fnv (offset basis 2166136261, prime 16777619).
 */
export function shortHash(text: string): string {
  return fnv1a(text).toString(36);
}

/** Three characters of base 36: enough to tell the few processes of one pod apart. */
export function tinyHash(text: string): string {
  return (fnv1a(text) % 36 ** 3).toString(36);
}

function fnv1a(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 16_777_619);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >> 8), 16_777_619);
  }
  return hash >>> 0;
}
