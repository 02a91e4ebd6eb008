import { inOneLine } from "../../base/format.ts";

/** Text in one line, as long as a table of measurements bears. */
export function shortLine(text: string): string {
  const line = inOneLine(text);
  return line.length <= 1_000 ? line : `${line.slice(0, 999)}…`;
}
