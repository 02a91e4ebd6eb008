import { binaryOperations } from "./binary-operations.ts";
import type { Code } from "./code.ts";
import { conditionFault } from "./condition-fault.ts";
import { bool } from "./static-type.ts";
import type { Node } from "./syntax.ts";
import { isNumber, nameOf } from "./value.ts";

type BinaryNode = Extract<Node, { kind: "binary" }>;

/**
 * `left in right`. Written out, a list of strings is a set for expr, and so is
 * one of ints where the left is typed int: something else on the left is then a
 * fault and not just absent, and nil stands for "" and 0. A range written out is
 * two comparisons there.
 */
export function membershipCode({ at, right: list }: BinaryNode, left: Code, right: Code): Code {
  const wanted = setKind(list, left);
  if (wanted !== null) return setCode(at, left, right, wanted);
  if (left.type.kind === "int" && right.literalRange !== undefined)
    return rangeCode(at, left, right.literalRange);
  return {
    at,
    type: bool,
    run: (frame) => binaryOperations.in(left.run(frame), right.run(frame), { at, budget: frame.budget }),
  };
}

function setKind(list: Node, left: Code): "string" | "bigint" | null {
  if (list.kind !== "array" || list.elements.length === 0) return null;
  const all = (kind: "string" | "bigint") =>
    list.elements.every((element) => element.kind === "literal" && typeof element.value === kind);
  if (left.type.kind === "int" && all("bigint")) return "bigint";
  return all("string") ? "string" : null;
}

function setCode(at: number, left: Code, right: Code, wanted: "string" | "bigint"): Code {
  const zero = wanted === "string" ? "" : 0n;
  const run: Code["run"] = (frame) => {
    const value = left.run(frame) ?? zero;
    if (typeof value !== wanted)
      throw conditionFault(
        at,
        `the list holds ${wanted === "string" ? "strings" : "ints"}, got ${nameOf(value)}`,
      );
    return binaryOperations.in(value, right.run(frame), { at, budget: frame.budget });
  };
  return { at, type: bool, run };
}

function rangeCode(at: number, left: Code, [from, to]: readonly [bigint, bigint]): Code {
  const run: Code["run"] = (frame) => {
    const value = left.run(frame);
    if (!isNumber(value)) throw conditionFault(at, `a range holds ints, got ${nameOf(value)}`);
    return value >= from && value <= to;
  };
  return { at, type: bool, run };
}
