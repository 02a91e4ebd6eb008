import type { Selector } from "../selector.ts";
import { scanSelector } from "./parse-selector.ts";
import { SelectorScanner } from "./selector-scanner.ts";

const operators = ["==", "!=", ">=", ">", "<=", "<"] as const;

/** A selector whose samples are compared with a number. */
export interface Condition {
  readonly selector: Selector;
  readonly op: (typeof operators)[number];
  readonly threshold: number;
}

/**
 * Reads `<selector> <operator> <number>`, for instance `up == 0`.
 *
 * @throws CoalmineError invalid-spec, with the position in the text.
 */
export function parseCondition(text: string): Condition {
  const scanner = new SelectorScanner(text);
  const selector = scanSelector(scanner);
  const op = operators.find((operator) => scanner.take(operator));
  if (op === undefined) throw scanner.error(`expected one of ${operators.join(" ")}`);
  const number = scanner.match(/[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy);
  const threshold = Number(number ?? "none");
  if (!Number.isFinite(threshold)) throw scanner.error("expected a number");
  scanner.end();
  return { selector, op, threshold };
}
