import { parseDecimal, shiftPoint } from "./decimal.ts";
import type { Margin } from "./model.ts";
import { type Reading, show } from "./reading.ts";

/** A ratio, points, or both with a plus between them. */
const form =
  /^(?:(?<ratio>[\d.]+(?:e[+-]?\d+)?)\s*x?(?<plus>\s*\+\s*|$))?(?:(?<points>[\d.]+(?:e[+-]?\d+)?)\s*pp)?$/i;

const wanted = 'expected a margin such as "1.25x", "2x + 0.5pp" or "0.5pp"';

/**
 * A margin on the baseline's rate: `1.25x` (or the number 1.25) is a ratio,
 * `0.5pp` is percentage points on top of 1x, and `2x + 0.5pp` is both. The
 * ratio is at least 1: a canary cannot be asked to be better than its baseline.
 */
export function readMargin(input: number | string): Reading<Margin> {
  const text = String(input).trim();
  const match = form.exec(text);
  const { ratio, plus, points } = match?.groups ?? {};
  const isEmpty = ratio === undefined && points === undefined;
  const endsInPlus = points === undefined && plus !== "";
  if (isEmpty || endsInPlus) return { wrong: `${wanted}, got ${show(input)}` };
  const times = ratio === undefined ? 1 : parseDecimal(ratio);
  const more = points === undefined ? 0 : parseDecimal(points, -2);
  if (times === null || more === null) return { wrong: `${wanted}, got ${show(input)}` };
  if (times < 1 || times > 1000) return { wrong: `the ratio of a margin is 1x to 1000x, got ${show(input)}` };
  if (more >= 1) return { wrong: `the points of a margin are below 100pp, got ${show(input)}` };
  return { value: { ratio: times, points: more } };
}

/** Writes a margin as {@link readMargin} reads it, to the last bit: `2x + 0.5pp`. */
export function formatMargin({ ratio, points }: Margin): string {
  return points === 0 ? formatRatio(ratio) : `${formatRatio(ratio)} + ${shiftPoint(points, 2)}pp`;
}

/** A factor above 0: `"2x"` or the number 2. */
export function readRatio(input: number | string): Reading<number> {
  const text = String(input).trim();
  const value = parseDecimal(text.replace(/\s*x$/i, ""));
  if (value !== null && value > 0 && value <= 1000) return { value };
  return { wrong: `expected a factor such as "2x", above 0 and at most 1000, got ${show(input)}` };
}

/** Writes a factor as {@link readRatio} reads it: `2x`. */
export function formatRatio(ratio: number): string {
  return `${shiftPoint(ratio, 0)}x`;
}
