/**
 * Whether two plain JSON values say the same, in whatever order their keys
 * stand: a store may order keys anew. A key whose value is undefined counts as
 * absent, as it does in JSON.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, inOrder) === JSON.stringify(b, inOrder);
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
