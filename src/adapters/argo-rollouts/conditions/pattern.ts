import { RE2JS } from "re2js";
import { messageOf } from "../../../base/errors.ts";
import type { Budget } from "./budget.ts";
import { conditionFault } from "./condition-fault.ts";
import { maxPatternLength, maxPatternProgram } from "./limits.ts";

/** Steps an instruction: a pattern that is no literal is compiled at every turn of a loop. */
const compileCost = 500;

/** Instructions times characters a step: the slowest, classes of Unicode, take some 50 ns each. */
const matchCost = 4;

/**
 * A pattern of `matches`: RE2's syntax, found anywhere in the text.
 *
 * @throws CoalmineError invalid-spec for what is no pattern or too large.
 */
export function compilePattern(pattern: string, at: number, budget?: Budget): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw conditionFault(
      at,
      `a pattern is at most ${maxPatternLength} characters, this has ${pattern.length}`,
    );
  }
  const compiled = compiledPattern(pattern, at);
  budget?.spend(compileCost * compiled.programSize());
  if (compiled.programSize() > maxPatternProgram) {
    throw conditionFault(at, "the pattern repeats too much: lower the figures in its {…}");
  }
  return compiled;
}

/** Whether the pattern is found in the text; takes time by the size of both, and spends it. */
export function isFound(pattern: RE2JS, text: string, budget: Budget): boolean {
  budget.spend(1 + Math.ceil((text.length * pattern.programSize()) / matchCost));
  return pattern.test(text);
}

function compiledPattern(pattern: string, at: number): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw conditionFault(at, `the pattern cannot be read: ${messageOf(cause)}`, cause);
  }
}
