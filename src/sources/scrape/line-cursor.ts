/** A place in one line of an exposition, and the tokens that can be read there. */

const metricNamePattern = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelNamePattern = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const wordPattern = /[^ \t]+/y;
const blanksPattern = /[ \t]*/y;
const freeKeyword = /#[ \t]+(HELP|TYPE)[ \t]+/y;
const strictKeyword = /# (HELP|TYPE|UNIT) /y;

/**
 * Reads a line from left to right. Where blanks are free (text 0.0.4) they may
 * stand between any two tokens; where they are not (OpenMetrics) exactly one
 * space parts the fields.
 */
export class LineCursor {
  readonly #line: string;
  readonly #blanksAreFree: boolean;
  #at = 0;

  constructor(line: string, blanksAreFree: boolean) {
    this.#line = line;
    this.#blanksAreFree = blanksAreFree;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#line.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.#line.charAt(this.#at);
  }

  startsWith(text: string): boolean {
    return this.#line.startsWith(text, this.#at);
  }

  /** Goes past `text` if it is next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** @throws SyntaxError if `text` is not next. */
  require(text: string): void {
    if (!this.take(text)) throw new SyntaxError(`wanted ${JSON.stringify(text)}, met ${this.met()}`);
  }

  /** @throws SyntaxError if anything is left of the line. */
  requireEnd(): void {
    if (!this.isAtEnd) throw new SyntaxError(`wanted the end of the line, met ${this.met()}`);
  }

  /** Goes past blanks where they are free. */
  skipBlanks(): void {
    if (this.#blanksAreFree) this.#match(blanksPattern);
  }

  /** Goes past what parts two fields. @throws SyntaxError if nothing does. */
  separate(): void {
    if (this.#blanksAreFree) this.skipBlanks();
    else this.require(" ");
  }

  /** Goes past the `#`, the word and what parts it from the next field; null for a comment of another kind. */
  keyword(): string | null {
    const text = this.#match(this.#blanksAreFree ? freeKeyword : strictKeyword);
    return text === null ? null : text.slice(1).trim();
  }

  metricName(): string | null {
    return this.#match(metricNamePattern);
  }

  /** @throws SyntaxError if none is next. */
  labelName(): string {
    const name = this.#match(labelNamePattern);
    if (name === null) throw new SyntaxError(`wanted the name of a label, met ${this.met()}`);
    return name;
  }

  /**
   * What a quoted string stands for. An escape that the formats don't have
   * stands for itself.
   *
   * @throws SyntaxError if none is next, or it has no end.
   */
  quoted(): string {
    if (this.peek() !== '"') throw new SyntaxError(`wanted a quoted string, met ${this.met()}`);
    const end = this.#closingQuote();
    const content = this.#line.slice(this.#at + 1, end);
    this.#at = end + 1;
    if (!content.includes("\\")) return content;
    return content.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }

  /** Everything up to the next blank; null if that is nothing. */
  word(): string | null {
    return this.#match(wordPattern);
  }

  /** What is next, for a message. */
  met(): string {
    return this.isAtEnd ? "the end of the line" : JSON.stringify(this.#line.slice(this.#at, this.#at + 20));
  }

  /** By hand: a regular expression over a long string of escapes runs out of stack. */
  #closingQuote(): number {
    for (let at = this.#at + 1; at < this.#line.length; at += 1) {
      const character = this.#line.charAt(at);
      if (character === '"') return at;
      if (character === "\\") at += 1;
    }
    throw new SyntaxError(`no end to the quoted string ${this.met()}`);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#line)?.[0];
    if (text === undefined) return null;
    this.#at += text.length;
    return text;
  }
}
