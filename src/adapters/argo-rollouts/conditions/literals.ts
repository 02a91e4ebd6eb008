import { goEscapes } from "../../../base/go-escapes.ts";
import { conditionFault } from "./condition-fault.ts";

const greatestInt = 2n ** 63n - 1n;

/** What a number as written is: with a dot or an exponent a float, else an int. `1_000` is 1000. */
export function readNumber(written: string, at: number): number | bigint {
  const digits = written.replaceAll("_", "");
  if (/^(?:\d+|0x[\da-fA-F]+)$/.test(digits)) {
    const value = BigInt(digits);
    if (value > greatestInt) throw conditionFault(at, `${written} is over the greatest int, ${greatestInt}`);
    return value;
  }
  const value = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(value)) throw conditionFault(at, `${written} is no number`);
  return value;
}

const escaped = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;

/** The text that a string in quotes stands for; its escapes are Go's. */
export function readString(quoted: string, at: number): string {
  const quote = quoted[0] ?? "";
  const inner = quoted.slice(1, -1).replace(/\r\n?/g, "\n");
  return inner.replace(escaped, (all, hex, short, long, octal, plain) => {
    const digits = hex ?? short ?? long;
    if (digits !== undefined) return character(Number.parseInt(digits, 16), all, at);
    if (octal !== undefined) return character(Number.parseInt(octal, 8), all, at);
    const value = plain === quote ? quote : goEscapes[plain];
    if (value === undefined)
      throw conditionFault(at, `the string has an unknown escape ${JSON.stringify(all)}`);
    return value;
  });
}

function character(point: number, written: string, at: number): string {
  if (point > 0x10ffff) throw conditionFault(at, `the string's escape ${written} is no character`);
  // Half a surrogate pair is no character in Go, which writes the replacement character.
  return point >= 0xd800 && point <= 0xdfff ? "\ufffd" : String.fromCodePoint(point);
}
