import { wrapInt } from "./value.ts";

/** strconv.ParseInt(text, 10, 64): digits with a sign and nothing else; null for what is none or does not fit. */
export function parseGoInt(text: string): bigint | null {
  if (!/^[+-]?\d+$/.test(text) || text.length > 1000) return null;
  const value = BigInt(text.replace("+", ""));
  return wrapInt(value) === value ? value : null;
}

const digits = "\\d+(?:_\\d+)*";
const decimal = new RegExp(
  `^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`,
  "i",
);
const special = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/**
 * strconv.ParseFloat(text, 64) without its hexadecimal floats (0x1p-2); null
 * for what is none or does not fit.
 */
export function parseGoFloat(text: string): number | null {
  const [all, sign, infinite] = special.exec(text) ?? [];
  if (all !== undefined && infinite !== undefined) return sign === "-" ? -Infinity : Infinity;
  if (all !== undefined) return sign === "" ? Number.NaN : null;
  if (text.length > 1000 || !decimal.test(text)) return null;
  const value = Number(text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : null;
}

/** A float64 as Go's %v writes it: the shortest digits, an exponent from 1e+21 and below 1e-04. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  if (Number(exponent) >= -4 && Number(exponent) < 21) return value.toString();
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** Go's math.Pow, which answers 1 where JavaScript answers NaN: 1 to any power, -1 to an infinite one. */
export function goPower(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1;
  return base ** exponent;
}
