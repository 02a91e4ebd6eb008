import type { Budget } from "./budget.ts";
import { conditionFault } from "./condition-fault.ts";
import type { StaticType } from "./static-type.ts";
import { nameOf, type Value } from "./value.ts";

/** What a part of a condition is evaluated against. */
export interface Frame {
  readonly result: Value;
  readonly budget: Budget;
  /** What `#` stands for: the element that the innermost predicate looks at. */
  readonly element: Value;
}

/** A part of a condition that has been checked and can be evaluated. */
export interface Code {
  readonly at: number;
  readonly type: StaticType;
  readonly run: (frame: Frame) => Value;
  /** Its value, where no result can change it: a literal, or an operation on such that expr works out beforehand. */
  readonly constant?: Value;
  /** A list written out: the type that all its elements have, where they do. */
  readonly literalElement?: StaticType;
  /** A range between two constants. */
  readonly literalRange?: readonly [from: bigint, to: bigint];
  /** A list that is filtered, and so can be taken from without being made. */
  readonly sieve?: Sieve;
  /** The same with its literal ints read as floats, for isNaN(1 + 1); absent where that changes nothing. */
  readonly floated?: () => Code;
}

/** `filter(list, keep)` or `map(filter(list, keep), show)`. */
export interface Sieve {
  readonly list: Code;
  /** One for each filter of filter(filter(…)), the innermost first. */
  readonly keep: readonly Test[];
  readonly show: Test | null;
}

/** The body of a predicate. */
export interface Test {
  readonly at: number;
  readonly run: (element: Value, frame: Frame) => Value;
}

export function constantCode(at: number, type: StaticType, value: Value): Code {
  return { at, type, run: () => value, constant: value };
}

/** @throws CoalmineError invalid-spec for a value that is neither true nor false. */
export function wantBool(value: Value, at: number): boolean {
  if (typeof value === "boolean") return value;
  throw conditionFault(at, `expected bool, but got ${nameOf(value)}`);
}
