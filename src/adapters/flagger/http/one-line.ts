import { inOneLine } from "../../../base/format.ts";

/** What Flagger shows of an answer at most, in bytes of UTF-8. */
const mostAnswerBytes = 1_024;

/**
 * Text as one line of at most `mostBytes` bytes of UTF-8, cut between two
 * characters; what is cut ends with `…`. Control characters become spaces.
 */
export function oneLine(text: string, mostBytes = mostAnswerBytes): string {
  // No text of use is that long, and what follows looks at all of it.
  const line = inOneLine(text.slice(0, 4 * mostBytes))
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .toWellFormed();
  if (Buffer.byteLength(line) <= mostBytes) return line;
  const bytes = Buffer.from(line);
  let end = mostBytes - Buffer.byteLength("…");
  // A byte 10xxxxxx goes on with the character before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
