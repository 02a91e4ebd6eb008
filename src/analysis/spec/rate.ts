import { parseDecimal, shiftPoint } from "./decimal.ts";
import { type Reading, show } from "./reading.ts";

/**
 * A rate between 0 and 1, both excluded: `"0.5%"` or the fraction `0.005`.
 *
 * A plain number of 1 or more is refused, because whoever writes `5` means
 * `5%`, and a limit of 500 % would never fail.
 */
export function readRate(input: number | string): Reading<number> {
  const text = String(input).trim();
  const percent = /^(.*\S)\s*%$/.exec(text)?.[1];
  const rate = percent === undefined ? parseDecimal(text) : parseDecimal(percent, -2);
  if (rate === null) return { wrong: `expected a rate such as "0.5%" or 0.005, got ${show(input)}` };
  if (percent === undefined && rate >= 1) {
    return { wrong: `${show(input)} is no fraction below 1; write "${text}%" if percent is meant` };
  }
  if (rate > 0 && rate < 1) return { value: rate };
  return { wrong: `expected a rate above 0% and below 100%, got ${show(input)}` };
}

/** Writes a rate as {@link readRate} reads it, to the last bit: `0.5%`. */
export function formatRate(rate: number): string {
  return `${shiftPoint(rate, 2)}%`;
}
