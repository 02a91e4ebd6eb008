import type { Code } from "./code.ts";
import { constantCode, wantBool } from "./code.ts";
import { compileCall } from "./compile-call.ts";
import { compileBinary, compileUnary } from "./compile-operators.ts";
import { compilePredicate } from "./compile-predicate.ts";
import { conditionFault } from "./condition-fault.ts";
import { elementOf } from "./element-of.ts";
import { choiceType } from "./operator-types.ts";
import { takeOne } from "./sieve.ts";
import { any, anyList, float, isInteger, type StaticType, typeName, typeOfValue } from "./static-type.ts";
import type { Node, PathStep } from "./syntax.ts";
import { lastOfFilter } from "./unsupported.ts";
import type { Value } from "./value.ts";

/** What the names of a condition are: the type of `result`, and of `#` inside a predicate. */
export interface Scope {
  readonly result: StaticType;
  readonly element: StaticType;
  /** Whether `result` is typed for any result there may be, and not for the one at hand. */
  readonly isOpen: boolean;
}

/**
 * Checks a condition against the types in scope and makes it ready to run: one
 * pass from the leaves up, as expr's checker, optimizer and compiler together.
 * What the optimizer changes of the meaning is kept: `x || true` is true without
 * a look at x, and the first of a filter leaves the rest of the list alone.
 *
 * @throws CoalmineError invalid-spec for types that do not fit.
 */
export function compile(node: Node, scope: Scope): Code {
  const code = compileNode(node, scope);
  const isChoice = node.kind === "choice" || (node.kind === "binary" && node.operator === "??");
  // With an open type one side may seem to fit the other, and expr would tell them apart with the result at hand.
  return scope.isOpen && isChoice ? { ...code, type: any } : code;
}

function compileNode(node: Node, scope: Scope): Code {
  const { at } = node;
  switch (node.kind) {
    case "literal":
      return literal(at, node.value);
    case "result":
      return { at, type: scope.result, run: ({ result }) => result };
    case "element":
      return { at, type: scope.element, run: ({ element }) => element };
    case "array":
      return array(
        at,
        node.elements.map((element) => compile(element, scope)),
      );
    case "unary":
      return compileUnary(node, compile(node.operand, scope));
    case "binary":
      return compileBinary(node, compile(node.left, scope), compile(node.right, scope));
    case "choice":
      return choice(at, compile(node.test, scope), compile(node.then, scope), compile(node.otherwise, scope));
    case "path":
      return path(compile(node.base, scope), node.steps, at);
    case "index":
      return index(at, compile(node.base, scope), compile(node.index, scope));
    case "call":
      return compileCall(
        node,
        node.operands.map((operand) => compile(operand, scope)),
      );
    case "predicate":
      return compilePredicate(node, compile(node.list, scope), (element) =>
        compile(node.body, { ...scope, element }),
      );
  }
}

function literal(at: number, value: null | boolean | number | bigint | string): Code {
  const code = constantCode(at, typeOfValue(value), value);
  return typeof value === "bigint"
    ? { ...code, floated: () => constantCode(at, float, Number(value)) }
    : code;
}

function array(at: number, elements: readonly Code[]): Code {
  const run: Code["run"] = (frame) => {
    frame.budget.spend(elements.length);
    return elements.map((element) => element.run(frame));
  };
  const types = elements.map(({ type }) => type);
  const [first] = types;
  const agree = first !== undefined && first.kind !== "nil" && types.every(({ kind }) => kind === first.kind);
  return agree
    ? { at, type: anyList, run, literalElement: types.at(-1) ?? first }
    : { at, type: anyList, run };
}

function choice(at: number, test: Code, then: Code, otherwise: Code): Code {
  if (test.type.kind !== "bool" && test.type.kind !== "any") {
    throw conditionFault(test.at, `the test of ? : is a bool, got ${typeName(test.type)}`);
  }
  return {
    at,
    type: choiceType(then.type, otherwise.type),
    run: (frame) => (wantBool(test.run(frame), test.at) ? then.run(frame) : otherwise.run(frame)),
  };
}

function path(base: Code, steps: readonly PathStep[], at: number): Code {
  const type = steps.reduce((from, { name }) => fieldType(from, name, at), base.type);
  const run: Code["run"] = (frame) => {
    let value: Value = base.run(frame);
    for (const { name, optional } of steps) {
      if (optional && value === null) return null;
      value = elementOf(value, name, at, frame.budget);
    }
    return value;
  };
  return { at, type, run };
}

function fieldType(base: StaticType, name: string, at: number): StaticType {
  if (base.kind === "any" || base.kind === "map") return any;
  throw conditionFault(at, `${typeName(base)} has no field ${name}`);
}

function index(at: number, base: Code, place: Code): Code {
  const type = indexedType(base.type, place.type);
  if (type === null)
    throw conditionFault(at, `${typeName(base.type)} has no element by ${typeName(place.type)}`);
  const { sieve } = base;
  if (sieve !== undefined && place.constant === -1n) throw lastOfFilter(at);
  if (sieve !== undefined && place.constant === 0n) {
    return { at, type, run: (frame) => found(takeOne(sieve, frame), at) };
  }
  return { at, type, run: (frame) => elementOf(base.run(frame), place.run(frame), at, frame.budget) };
}

function found(element: Value | undefined, at: number): Value {
  if (element === undefined) throw conditionFault(at, "index out of range: the filter keeps no element");
  return element;
}

function indexedType(base: StaticType, place: StaticType): StaticType | null {
  if (base.kind === "any") return any;
  if (base.kind === "map") return ["string", "nil", "any"].includes(place.kind) ? any : null;
  return base.kind === "list" && (isInteger(place) || place.kind === "any") ? base.element : null;
}
