/**
 * What came of reading one value of a spec: the value, or what is wrong with
 * it. A wrong value is an expected outcome that is collected with all others,
 * so it is a value and not an exception.
 */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A value as an error message shows it: short, on one line. */
export function show(input: unknown): string {
  if (input === undefined) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object" && input !== null) return "a map";
  const text = typeof input === "string" ? JSON.stringify(input) : String(input);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
