import { conditionFault, notSupported } from "./condition-fault.ts";
import { readNumber, readString } from "./literals.ts";
import { wordOperators } from "./operators.ts";

/** A word of a condition. `symbol` is an operator or a bracket, the operators that are words included. */
export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: "name" | "symbol"; readonly text: string }
  | { readonly kind: "number"; readonly value: number | bigint }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "end" }
);

const blank = /(?:\p{White_Space}|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/uy;
const word = /[\p{L}\p{Nd}_$]+/uy;
const number = /0[xX][\da-fA-F_]*|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?[\d_]*)?/y;
const quoted = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const symbol = /\*\*|&&|\|\||[!=<>]=|\?\?|\?\.|\.\.|[-+*/%^<>!,:;?.#|=&()[\]{}]/y;

/**
 * Cuts a condition into its tokens (expr's parser/lexer/state.go); the last one is `end`.
 *
 * @throws CoalmineError invalid-spec at what is no token.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(blank, text, at).length;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", at, end: at });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  const digits = matchAt(number, text, at);
  if (digits !== "") {
    const end = at + digits.length;
    if (matchAt(word, text, end) !== "") throw conditionFault(at, "a number runs into a name");
    return { kind: "number", at, end, value: readNumber(digits, at) };
  }
  const name = matchAt(word, text, at);
  if (name !== "") {
    return { kind: wordOperators.has(name) ? "symbol" : "name", at, end: at + name.length, text: name };
  }
  const literal = matchAt(quoted, text, at);
  if (literal !== "") return { kind: "string", at, end: at + literal.length, value: readString(literal, at) };
  const found = matchAt(symbol, text, at);
  if (found !== "" && !text.startsWith("/*", at)) {
    return { kind: "symbol", at, end: at + found.length, text: found };
  }
  throw noToken(text, at);
}

function noToken(text: string, at: number): Error {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === "`") return notSupported(at, "a string in backquotes", "write it in ' or \"");
  if (char === "/") return conditionFault(at, "expected */ at the end of the comment");
  if (char === '"' || char === "'") return conditionFault(at, `expected a closing ${char} on the same line`);
  return conditionFault(at, `${JSON.stringify(char)} is no character of a condition`);
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
