import { type Code, type Frame, type Sieve, type Test, wantBool } from "./code.ts";
import { conditionFault } from "./condition-fault.ts";
import type { PredicateName } from "./function-names.ts";
import { countKept, elementsIn, takeAll, takeOne } from "./sieve.ts";
import { any, anyList, bool, int, type StaticType, typeName } from "./static-type.ts";
import type { Node } from "./syntax.ts";
import type { Value } from "./value.ts";

interface PredicateRow {
  /** What it gives, by the type of the list. */
  readonly type: (list: StaticType) => StaticType;
  readonly run: (list: Code, test: Test, frame: Frame) => Value;
}

/**
 * The functions of a list and a predicate on its elements, `map` excepted. `all`
 * and `none` of an empty list are true, `any` and `one` false. Those that can
 * tell before the end of the list stop there.
 */
const predicates: Readonly<Record<Exclude<PredicateName, "map">, PredicateRow>> = {
  all: { type: () => bool, run: (list, test, frame) => !holdsForAny(list, contrary(test), frame) },
  any: { type: () => bool, run: holdsForAny },
  none: { type: () => bool, run: (list, test, frame) => !holdsForAny(list, test, frame) },
  one: { type: () => bool, run: (list, test, frame) => countKept(filterOf(list, test), frame) === 1 },
  count: { type: () => int, run: (list, test, frame) => BigInt(countKept(filterOf(list, test), frame)) },
  filter: {
    type: (list) => (list.kind === "list" ? list : anyList),
    run: (list, test, frame) => takeAll(filterOf(list, test), frame),
  },
  find: {
    type: elementType,
    run: (list, test, frame) => takeOne(filterOf(list, test), frame) ?? null,
  },
};

/**
 * A call of one of them. `bodyFor` compiles its body for elements of a type.
 *
 * @throws CoalmineError invalid-spec for what is no list, and a body that is no bool.
 */
export function compilePredicate(
  { at, name, length }: Extract<Node, { kind: "predicate" }>,
  list: Code,
  bodyFor: (element: StaticType) => Code,
): Code {
  if (list.type.kind !== "list" && list.type.kind !== "any") {
    throw conditionFault(list.at, `${name} takes a list, got ${typeName(list.type)}`);
  }
  const body = bodyFor(elementType(list.type));
  const test: Test = {
    at: body.at,
    run: (element, frame) => {
      frame.budget.spend(1 + length);
      return body.run({ ...frame, element });
    },
  };
  if (name === "map") return mapCode(at, list, test, body.type);
  if (body.type.kind !== "bool" && body.type.kind !== "any") {
    throw conditionFault(body.at, `the predicate of ${name} is a bool, got ${typeName(body.type)}`);
  }
  const { type, run } = predicates[name];
  const code = { at, type: type(list.type), run: (frame: Frame) => run(list, test, frame) };
  return name === "filter" ? { ...code, sieve: filterOf(list, test) } : code;
}

function mapCode(at: number, list: Code, show: Test, body: StaticType): Code {
  if (body.kind === "nil") throw conditionFault(show.at, "the body of map cannot be nil");
  const type = { kind: "list", element: body } as const;
  if (list.sieve !== undefined && list.sieve.show === null) {
    const sieve = { ...list.sieve, show };
    return { at, type, run: (frame) => takeAll(sieve, frame), sieve };
  }
  return {
    at,
    type,
    run: (frame) => Array.from(elementsIn(list, frame), (element) => show.run(element, frame)),
  };
}

/** A filter of a filter is one filter with both tests. */
function filterOf(list: Code, test: Test): Sieve {
  const { sieve } = list;
  if (sieve === undefined || sieve.show !== null) return { list, keep: [test], show: null };
  return { ...sieve, keep: [...sieve.keep, test] };
}

function holdsForAny(list: Code, test: Test, frame: Frame): boolean {
  return takeOne({ list, keep: [test], show: null }, frame) !== undefined;
}

function contrary(test: Test): Test {
  return { at: test.at, run: (element, frame) => !wantBool(test.run(element, frame), test.at) };
}

function elementType(list: StaticType): StaticType {
  return list.kind === "list" ? list.element : any;
}
