import { CoalmineError } from "../../base/errors.ts";
import { goEscapes } from "../../base/go-escapes.ts";

/** What the plain escapes of a PromQL string stand for. */
const plainEscapes: Readonly<Record<string, string>> = { ...goEscapes, '"': '"', "'": "'" };

/**
 * Cuts a PromQL selector into its tokens (promql/parser/lex.go). White space
 * and `#` comments between tokens are skipped.
 */
export class SelectorScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipBlank();
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Takes `token` if it is next. */
  take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#advance(token.length);
    return true;
  }

  /** The metric name that is next; null if there is none. */
  metricName(): string | null {
    return this.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/y);
  }

  /** The label name that is next; null if there is none. */
  labelName(): string | null {
    return this.match(/[a-zA-Z_][a-zA-Z0-9_]*/y);
  }

  /** What matches a sticky pattern here; null if it does not. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#advance(found.length);
    return found;
  }

  /** The string in `"`, `'` or backquotes that is next; null if there is none. */
  quoted(): string | null {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'" && quote !== "`") return null;
    let value = "";
    let at = this.#at + 1;
    for (; at < this.#text.length && this.#text[at] !== quote; ) {
      if (this.#text[at] === "\n" && quote !== "`") throw this.error("the string has no end on its line");
      const { char, length } = quote === "`" ? { char: this.#text[at], length: 1 } : this.#character(at);
      value += char;
      at += length;
    }
    if (at >= this.#text.length) throw this.error(`expected a closing ${quote}`);
    this.#advance(at + 1 - this.#at);
    return value;
  }

  /** Refuses whatever is left, with advice on what people try. */
  end(): void {
    if (!this.atEnd()) throw this.error(advice(this.#text.slice(this.#at)));
  }

  error(message: string): CoalmineError {
    const found = this.atEnd() ? "the end" : JSON.stringify(this.#text.slice(this.#at, this.#at + 20));
    return new CoalmineError(
      "invalid-spec",
      `${message}, got ${found} at character ${this.#at + 1} of ${excerpt(this.#text, this.#at)}`,
    );
  }

  #advance(length: number): void {
    this.#at += length;
    this.#skipBlank();
  }

  #skipBlank(): void {
    const blank = /(?:\s|#[^\n]*)*/y;
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.#text)?.[0].length ?? 0;
  }

  #character(at: number): { readonly char: string; readonly length: number } {
    const char = this.#text[at] ?? "";
    if (char !== "\\") return { char, length: 1 };
    const plain = plainEscapes[this.#text[at + 1] ?? ""];
    if (plain !== undefined) return { char: plain, length: 2 };
    const code = /\\(?:x([0-7][0-9a-fA-F])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7]{2}))/y;
    code.lastIndex = at;
    const [all, hex, short, long, octal] = code.exec(this.#text) ?? [];
    const point =
      octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
    // Bytes over 0x7f and half characters would make text that is not UTF-8.
    if (all === undefined || !(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff)) {
      throw this.error("a string holds an escape that is not a character");
    }
    return { char: String.fromCodePoint(point), length: all.length };
  }
}

/** The text on one line, of a long one what stands around the place. */
function excerpt(text: string, at: number): string {
  const from = text.length <= mostQuoted ? 0 : Math.max(0, at - mostQuoted / 2);
  const part = text.slice(from, from + mostQuoted).replaceAll(/\p{C}/gu, " ");
  return `${from > 0 ? "…" : ""}${part}${from + mostQuoted < text.length ? "…" : ""}`;
}

const mostQuoted = 200;

function advice(rest: string): string {
  if (rest.startsWith("("))
    return "expected a plain series selector; functions such as rate(…) or sum(…) are not needed: Coalmine counts from raw samples";
  if (rest.startsWith("["))
    return "expected a plain series selector; a range such as [5m] is not needed: Coalmine reads its own window";
  if (/^(offset\b|@)/i.test(rest))
    return "expected a plain series selector without offset or @: Coalmine sets the time";
  return "expected nothing after the series selector; arithmetic and grouping are not accepted";
}
