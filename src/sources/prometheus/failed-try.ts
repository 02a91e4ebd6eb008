/** What went wrong with one try at a query when another may do better. */

/** A try that failed in a way that asking again may mend; its message is one line without secrets. */
export class FailedTry extends Error {
  override readonly name = "FailedTry";
  /** The least that the server asked to be left alone for, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** What a caught network or file error says, as one line; never empty. */
export function describeCause(error: unknown): string {
  // Node's error for a host of several addresses that all refuse has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  if (!(error instanceof Error)) return oneLine(String(error));
  return oneLine(error.message) || error.name;
}

/** Foreign text fit for a message: control characters and runs of space become one space, cut at 300. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 2_000)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return line.length <= 300 ? line : `${line.slice(0, 299)}…`;
}
