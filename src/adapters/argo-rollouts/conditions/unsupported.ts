import { conditionFault, notSupported } from "./condition-fault.ts";
import { functionArity, predicateNames } from "./function-names.ts";
import type { Token } from "./tokens.ts";

/** What there is, for the one who tried something that there is not. */
const supported =
  "supported: `result`, literals, arithmetic, comparisons, && || ! and or not, `a ? b : c`, `?.`, `??`, `in`, " +
  "contains, startsWith, endsWith, matches, and the functions " +
  [...Object.keys(functionArity), ...predicateNames].join(", ");

/** What expr has under these names: what it is, and what to write instead. */
const knownNames: ReadonlyMap<string, string> = new Map([
  ["if", "write `a ? b : c`"],
  ["else", "write `a ? b : c`"],
  ["let", "write the value where it is used"],
  ["$env", "a condition knows `result`"],
]);

/** The symbols that people try, in expr or from other languages. */
const knownSymbols: ReadonlyMap<string, readonly [construct: string, instead: string]> = new Map([
  [";", ["`;`", "a condition is one expression"]],
  ["|", ["a pipe (`|`)", "write f(a), or a || b for logic"]],
  ["{", ["a map (`{…}`)", "compare the fields one by one"]],
]);

const misspelt: ReadonlyMap<string, string> = new Map([
  ["=", "compare with =="],
  ["&", "write && or and"],
]);

/** The fault of a token that cannot stand where it does. */
export function unexpectedToken(token: Token, wanted?: string): Error {
  if (token.kind === "symbol") {
    const known = knownSymbols.get(token.text);
    if (known !== undefined) return notSupported(token.at, ...known);
    const right = misspelt.get(token.text);
    if (right !== undefined) return conditionFault(token.at, `unexpected ${token.text}: ${right}`);
  }
  const met = textOf(token);
  return conditionFault(
    token.at,
    wanted === undefined ? `unexpected ${met}` : `expected ${wanted}, got ${met}`,
  );
}

function textOf(token: Token): string {
  if (token.kind === "end") return "the end";
  return "text" in token ? `\`${token.text}\`` : `the ${token.kind} ${JSON.stringify(String(token.value))}`;
}

/** The fault of a name that is neither `result` nor called. */
export function unknownName(at: number, name: string): Error {
  const instead = knownNames.get(name);
  if (instead !== undefined) return notSupported(at, `\`${name}\``, instead);
  return conditionFault(at, `unknown name \`${name}\`: a condition knows \`result\`; text stands in quotes`);
}

/** The fault of a call of what is no function here. */
export function unknownFunction(at: number, name: string): Error {
  if (knownNames.has(name)) return unknownName(at, name);
  return notSupported(at, `the function \`${name}\``, supported);
}

/** expr 1.15 leaves a value too many behind it, so that `1 == last(filter(…))` is not what it says. */
export function lastOfFilter(at: number): Error {
  return notSupported(at, "the last of a filter", "take the first, or use any, all, count");
}
