import { type Code, type Frame, type Sieve, type Test, wantBool } from "./code.ts";
import { conditionFault } from "./condition-fault.ts";
import { elementsOf } from "./element-of.ts";
import { isMap, nameOf, type Value } from "./value.ts";

/** Every element that the filters keep, shown. */
export function takeAll(sieve: Sieve, frame: Frame): readonly Value[] {
  return Array.from(kept(sieve, frame), (element) => shown(sieve, element, frame));
}

/** How many elements the filters keep. */
export function countKept(sieve: Sieve, frame: Frame): number {
  return kept(sieve, frame).reduce<number>((count) => count + 1, 0);
}

/** The first that is kept, without a look at what lies beyond; undefined if there is none. */
export function takeOne(sieve: Sieve, frame: Frame): Value | undefined {
  for (const element of kept(sieve, frame)) return shown(sieve, element, frame);
  return undefined;
}

/**
 * The elements of a list, of the bytes of a string, or of an empty object.
 *
 * @throws CoalmineError invalid-spec for what has none.
 */
export function elementsIn(list: Code, frame: Frame): ArrayLike<Value> {
  const value = list.run(frame);
  const elements = elementsOf(value, frame.budget);
  if (elements !== null) return elements;
  if (isMap(value) && Object.keys(value).length === 0) return [];
  throw conditionFault(list.at, `expected a list, got ${nameOf(value)}`);
}

function* kept({ list, keep }: Sieve, frame: Frame): Generator<Value> {
  const elements = elementsIn(list, frame);
  const holds = (element: Value) => keep.every((test) => passes(test, element, frame));
  for (let turn = 0; turn < elements.length; turn++) {
    const element = elements[turn] ?? null;
    if (holds(element)) yield element;
  }
}

function passes(test: Test, element: Value, frame: Frame): boolean {
  return wantBool(test.run(element, frame), test.at);
}

function shown({ show }: Sieve, element: Value, frame: Frame): Value {
  return show === null ? element : show.run(element, frame);
}
