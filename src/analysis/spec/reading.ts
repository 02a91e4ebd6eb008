/**
 * What came of reading one value of a spec: the value, or what is wrong with
 * it. A wrong value is an expected outcome that is collected with all others,
 * so it is a value and not an exception.
 */
export type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** A word or a key that somebody wrote, as an error message quotes it: short, on one line. */
export function shownWord(word: string): string {
  const line = word.slice(0, 60).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return word.length <= 60 ? line : `${line}…`;
}

/** A value as an error message shows it: short, on one line. */
export function show(input: unknown): string {
  if (input === undefined) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object" && input !== null) return "a map";
  const text = typeof input === "string" ? JSON.stringify(input) : String(input);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
