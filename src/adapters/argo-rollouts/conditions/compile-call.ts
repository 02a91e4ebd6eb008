import type { Code } from "./code.ts";
import { conditionFault } from "./condition-fault.ts";
import { functions } from "./functions.ts";
import { countKept, takeOne } from "./sieve.ts";
import { isInteger, typeName } from "./static-type.ts";
import type { Node } from "./syntax.ts";
import { lastOfFilter } from "./unsupported.ts";

/**
 * A call of a function whose arguments are compiled.
 *
 * @throws CoalmineError invalid-spec for arguments of types that it does not take.
 */
export function compileCall({ at, name }: Extract<Node, { kind: "call" }>, operands: readonly Code[]): Code {
  const row = functions[name];
  const type = row.type(operands.map((operand) => operand.type));
  if (type === null) {
    const met = operands.map((operand) => typeName(operand.type)).join(", ");
    throw conditionFault(at, `${name} does not take ${met}`);
  }
  const [sieve] = operands.map((operand) => operand.sieve);
  if (sieve !== undefined && name === "len")
    return { at, type, run: (frame) => BigInt(countKept(sieve, frame)) };
  if (sieve !== undefined && name === "last") throw lastOfFilter(at);
  if (sieve !== undefined && name === "first")
    return { at, type, run: (frame) => takeOne(sieve, frame) ?? null };
  const used = name === "isNaN" || name === "isInf" ? operands.map(asFloat) : operands;
  return {
    at,
    type,
    run: (frame) =>
      row.apply(
        used.map((operand) => operand.run(frame)),
        { at, budget: frame.budget, result: frame.result },
      ),
  };
}

/** An int that is written out where a float is wanted is one, as a constant of Go is. */
function asFloat(operand: Code): Code {
  return isInteger(operand.type) ? (operand.floated?.() ?? operand) : operand;
}
