/** Texts, keys and values at which readers are known to break. */
import fc from "fast-check";

/** Keys that mean something to JavaScript. */
export const hostileKeys = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "length",
  "",
  "a.b",
  "0",
  "line\nbreak",
  "k".repeat(3_000),
] as const;

/** Texts that are special to some reader of numbers, times, names or lines. */
export const hostileWords = [
  ...hostileKeys,
  ...[
    "NaN",
    "Infinity",
    "-Infinity",
    "+Inf",
    "-0",
    "0x10",
    "1e999",
    "1e-999",
    "9".repeat(400),
    "-1",
    "1_000",
    " 1 ",
  ],
  ...[
    "null",
    "true",
    "undefined",
    "{}",
    "[]",
    "*",
    "?",
    "..",
    "/",
    "%00",
    "%",
    "\u0000",
    "\r\n",
    "\u2028",
    "\ufeff",
  ],
  ...[
    "\ud800",
    "\u{1f600}",
    "e\u0301",
    "\u202e",
    "İ",
    "1\u0661",
    "2026-02-30T00:00:00Z",
    "+275760-09-13T00:00:00.001Z",
  ],
  ...[
    "' OR 1=1",
    "<script>",
    "$(x)",
    "{{x}}",
    "(a+)+$",
    "[",
    "(",
    "\\",
    '"',
    "`",
    "#",
    "&a",
    "*a",
    "!!js/function x",
  ],
] as const;

/** JSON as it may be written and `JSON.stringify` never would. */
export const rawJson = [
  ...["1e999", "-1e999", "-0", "1e-400", "123456789012345678901234567890", "0.1e1", "9007199254740993"],
  ...["NaN", "undefined", "'x'", "01", "+1", ".5", "", ",", "\u0000"],
  '{"toString":1,"valueOf":2}',
  '{"__proto__":{"polluted":1}}',
  '{"a":1,"a":2}',
  '"\\ud800"',
  '"\\u0000"',
  `"${"x".repeat(20_000)}"`,
  `"${" ".repeat(20_000)}x"`,
  `"${"1".repeat(20_000)}x"`,
  `"${"\\n".repeat(5_000)}"`,
  deep("[", "]", 5_000),
  deep('{"a":', "}", 5_000),
  deep("[", "]", 70),
] as const;

function deep(open: string, close: string, depth: number): string {
  return `${open.repeat(depth)}${open === "[" ? "" : "1"}${close.repeat(depth)}`;
}

/** Any text of some length, special ones among them. */
export function anyText(maxLength = 200): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength }) },
    { weight: 2, arbitrary: fc.string({ maxLength }) },
    { weight: 2, arbitrary: fc.constantFrom(...hostileWords) },
  );
}

/**
 * One piece again and again up to `length`, between others: what makes a reader
 * of quadratic or worse time show it. Give it a small weight.
 */
export function longText(length: number, pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pieces) },
    fc.constantFrom(
      " ",
      "\t",
      "\n",
      "0",
      "9",
      "a",
      "_",
      "-",
      ".",
      "\\",
      '"',
      "'",
      "{",
      "[",
      "(",
      ",",
      ":",
      "é",
      "\u{1f600}",
    ),
    fc.string({ minLength: 1, maxLength: 3 }),
  );
  return fc
    .tuple(fc.constantFrom("", ...pieces), fc.array(piece, { minLength: 1, maxLength: 2 }), piece)
    .map(([start, repeated, end]) => {
      const unit = repeated.join("");
      const times = Math.max(1, Math.floor((length - start.length - end.length) / unit.length));
      return `${start}${unit.repeat(times)}${end}`.slice(0, length);
    });
}

/** Any JSON value, with keys and words that break readers. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ readonly tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.constantFrom<unknown>(...hostileWords, null, true, false),
      fc.constantFrom(0, -0, 1, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 31, 5e-324),
      fc.string({ maxLength: 20 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...hostileKeys), fc.string({ maxLength: 8 })), tie("tree")), {
        maxLength: 5,
      })
      // Own keys, `__proto__` among them, as JSON.parse makes them.
      .map((entries) => Object.fromEntries(entries)),
  ),
})).tree;
