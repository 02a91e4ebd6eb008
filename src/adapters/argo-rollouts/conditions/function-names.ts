/** The functions, with how many arguments each takes: at least, at most. */
export const functionArity = {
  len: [1, 1],
  first: [1, 1],
  last: [1, 1],
  sum: [1, 1],
  mean: [1, 1],
  median: [1, 1],
  // Of one list they are an error in expr 1.15 and work in 1.17, so at least two.
  max: [2, Number.POSITIVE_INFINITY],
  min: [2, Number.POSITIVE_INFINITY],
  abs: [1, 1],
  ceil: [1, 1],
  floor: [1, 1],
  round: [1, 1],
  int: [1, 1],
  float: [1, 1],
  string: [1, 1],
  asInt: [1, 1],
  asFloat: [1, 1],
  isNaN: [1, 1],
  isInf: [1, 1],
  isNil: [1, 1],
  default: [2, 2],
} as const satisfies Record<string, readonly [number, number]>;

export type FunctionName = keyof typeof functionArity;

/** The functions of a list and a predicate on its elements. */
export const predicateNames = ["all", "any", "none", "one", "count", "filter", "map", "find"] as const;

export type PredicateName = (typeof predicateNames)[number];

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functionArity, name);
}

export function isPredicateName(name: string): name is PredicateName {
  const names: readonly string[] = predicateNames;
  return names.includes(name);
}
