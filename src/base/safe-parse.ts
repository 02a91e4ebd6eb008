/**
 * What `schema.safeParse(input)` finds, also for input that zod 4 throws at.
 *
 * Its checks of length look at whatever has a member `length`, whether it is the
 * text or list that was wanted or not, and compare it: of JSON such as
 * `{"length": {"toString": 0}}` no number can be made, and that is a TypeError.
 * Then the schema sees a copy in which such members are null; something else was
 * wanted in their place, so the problems found are those of the input.
 */
export function safeParse<Read>(schema: { safeParse(input: unknown): Read }, input: unknown): Read {
  try {
    return schema.safeParse(input);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    return schema.safeParse(withPlainLengths(input));
  }
}

/** A copy, made without recursion: input may nest as deep as it is long. */
function withPlainLengths(input: unknown): unknown {
  const root: Record<string, unknown> = {};
  const left: { readonly from: unknown; readonly to: object; readonly key: string }[] = [
    { from: input, to: root, key: "input" },
  ];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { from, to, key } = next;
    if (typeof from !== "object" || from === null) {
      define(to, key, from);
      continue;
    }
    const copy = Array.isArray(from) ? [] : {};
    define(to, key, copy);
    for (const [name, value] of Object.entries(from)) {
      const isOdd = name === "length" && typeof value === "object";
      left.push({ from: isOdd ? null : value, to: copy, key: name });
    }
  }
  return root["input"];
}

/** By definition, not by assignment, which would lose a member named `__proto__`. */
function define(to: object, key: string, value: unknown): void {
  Object.defineProperty(to, key, { value, enumerable: true, configurable: true, writable: true });
}
