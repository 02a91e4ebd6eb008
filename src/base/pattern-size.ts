/**
 * How many instructions a pattern in RE2's syntax is compiled to, about; cheap
 * enough to be asked before it is compiled. A repeat in braces writes its operand
 * out so many times, so a pattern of some thousand characters may be a million.
 *
 * What is no pattern gets some number too: whoever compiles it will say so.
 */
export function patternSize(pattern: string): number {
  const open: { before: number }[] = [];
  let sum = 0;
  let last = 0;
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at];
    const [length, copies] = repeatAt(pattern, at);
    if (length > 0) {
      sum += last * (copies - 1);
      last *= copies;
      at += length;
    } else if (char === "(") {
      open.push({ before: sum });
      last = 0;
      at += groupStart(pattern, at);
    } else if (char === ")") {
      last = sum - (open.pop()?.before ?? 0) + 2;
      sum += 2;
      at++;
    } else {
      last = 1;
      sum++;
      at += char === "[" ? classLength(pattern, at) : escapeLength(pattern, at);
    }
  }
  return sum;
}

/** Length of `{n}`, `{n,}` or `{n,m}` and how many copies it makes; 0 for anything else. */
function repeatAt(pattern: string, at: number): readonly [length: number, copies: number] {
  if (pattern[at] !== "{") return [0, 1];
  const braces = /\{(\d{1,4})(?:,(\d{0,4}))?\}/y;
  braces.lastIndex = at;
  const [all = "", least = "0", most = ""] = braces.exec(pattern) ?? [];
  return [all.length, Math.max(1, Number(least), Number(most))];
}

/** `(`, with the flags or the name that belong to it. */
function groupStart(pattern: string, at: number): number {
  const start = /\((?:\?(?:P?<\w{0,100}>|[a-zA-Z-]{0,20}:?))?/y;
  start.lastIndex = at;
  return start.exec(pattern)?.[0].length ?? 1;
}

/** Up to the closing bracket; one that stands first is a member. */
function classLength(pattern: string, at: number): number {
  let end = at + 1;
  if (pattern[end] === "^") end++;
  if (pattern[end] === "]") end++;
  while (end < pattern.length && pattern[end] !== "]") end += pattern[end] === "\\" ? 2 : 1;
  return end + 1 - at;
}

/** A character; an escape with its braces, as in `\pL`, `\x{10FFFF}` or `\p{Greek}`. */
function escapeLength(pattern: string, at: number): number {
  if (pattern[at] !== "\\") return 1;
  const braced = /\\[pPx]\{[^}]{0,100}\}/y;
  braced.lastIndex = at;
  return braced.exec(pattern)?.[0].length ?? 2;
}
