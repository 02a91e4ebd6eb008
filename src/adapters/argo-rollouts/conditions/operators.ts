/**
 * The operators that bind two operands, and how tightly: `a + b * c` is
 * `a + (b * c)` because 60 is over 30. All bind to the left, but the powers.
 * The figures are expr's (parser/operator/operator.go).
 */
export const binaryOperators = {
  or: 10,
  "||": 10,
  and: 15,
  "&&": 15,
  "==": 20,
  "!=": 20,
  "<": 20,
  ">": 20,
  ">=": 20,
  "<=": 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  "..": 25,
  "+": 30,
  "-": 30,
  "*": 60,
  "/": 60,
  "%": 60,
  "**": 100,
  "^": 100,
  "??": 500,
} as const satisfies Record<string, number>;

export type BinaryOperator = keyof typeof binaryOperators;

/** The operators before one operand; `-2 ** 2` is `-(2 ** 2)`, `not a > b` is `(not a) > b`. */
export const unaryOperators = { not: 50, "!": 50, "-": 90, "+": 90 } as const satisfies Record<
  string,
  number
>;

export type UnaryOperator = keyof typeof unaryOperators;

/** Operators that are words, and so names when they follow a dot. */
export const wordOperators: ReadonlySet<string> = new Set([
  "not",
  ...Object.keys(binaryOperators).filter((operator) => /^[a-z]/.test(operator)),
]);

/** What `not` may stand before in the middle: `a not in b`. */
export const negatableOperators: ReadonlySet<string> = new Set([
  "in",
  "matches",
  "contains",
  "startsWith",
  "endsWith",
]);

export const orderOperators: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);

export function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(binaryOperators, text);
}

export function isUnaryOperator(text: string): text is UnaryOperator {
  return Object.hasOwn(unaryOperators, text);
}
