/**
 * A decimal number without sign, as YAML, JSON and Argo's string arguments
 * write it, times 10 to the power of `places`; null if it is none.
 *
 * The point is moved in the text, so that `0.5%` is rounded once, to 0.005.
 */
export function parseDecimal(text: string, places = 0): number | null {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d{1,4}))?$/i.exec(text);
  if (match === null) return null;
  const [, mantissa = "", exponent = "0"] = match;
  const value = Number(`${mantissa}e${Number(exponent) + places}`);
  return Number.isFinite(value) ? value : null;
}

/**
 * A decimal with its point moved `places` to the right, as text.
 *
 * Moving the point of the text, where a multiplication would round, is what
 * makes `0.5%` read as exactly 0.005 and be written as `0.5%` again.
 *
 * @throws RangeError if `value` is negative or not finite.
 */
export function shiftPoint(value: number, places: number): string {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`no decimal: ${value}`);
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1 + places;
  if (value === 0) return "0";
  if (point > 21 || point < -20) return `${mantissa}e${Number(exponent) + places}`;
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
