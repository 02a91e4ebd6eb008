/** Colour, where the reader can see it. */
import { styleText } from "node:util";
import type { Verdict } from "../../analysis/result.ts";
import type { OutputStream } from "./terminal.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Writes text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves text as it is. */
export const plain: Paint = (_style, text) => text;

/** Paints for a stream: only if it is a terminal, and never against NO_COLOR (node:util reads both). */
export function createPaint(stream: OutputStream, allowed: boolean): Paint {
  if (!allowed || stream.isTTY !== true) return plain;
  return (style, text) => styleText(style, text, { stream });
}

/** A verdict's colour; null is undecided. */
export function verdictStyle(verdict: Verdict | null): Style {
  switch (verdict) {
    case "pass":
      return "green";
    case "fail":
      return "red";
    case "inconclusive":
      return "yellow";
    case null:
      return "dim";
  }
}
