/**
 * Every way an operation of Coalmine can go wrong, by its cause.
 *
 * Each adapter says these in its own protocol's words (an exit code, an HTTP
 * status) through a table keyed by this type, so a new code does not compile
 * until every adapter has a word for it. docs/errors.md lists them for
 * operators; a test holds that page to this list.
 */
export const errorCodes = [
  "invalid-spec",
  "invalid-request",
  "invalid-settings",
  "unauthenticated",
  "forbidden",
  "not-found",
  "conflict",
  "too-large",
  "source-unavailable",
  "query-rejected",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One thing that is wrong with an input: where, and what to do about it. */
export interface Problem {
  /** Dotted path into the input, for instance `metrics.0.limit`; empty for the whole. */
  readonly path: string;
  /** What was wanted and what was met. */
  readonly message: string;
}

/** Whether a failure is the server's own making: callers are told no more of it than that, and the log has its cause. */
export function isOwnFault(code: ErrorCode): boolean {
  return code === "internal" || code === "invalid-settings";
}

/**
 * How much a failure tells at most, in UTF-16 units: some fifty problems in full
 * sentences. Whatever somebody sends, the answer, the log line and the event
 * about it stay small.
 */
const most = { message: 16_384, problems: 50, path: 300, problem: 1_000 } as const;

/**
 * A failure that carries its cause as a code.
 *
 * The message is for people and may change; the code is for programs and does
 * not. An error that was caught on the way goes along as `cause`: logs show it,
 * callers never see it.
 */
export class CoalmineError extends Error {
  override readonly name = "CoalmineError";
  readonly code: ErrorCode;
  /** Every problem found, the first 50 of more, for `invalid-*` codes; empty otherwise. */
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly problems?: readonly Problem[] } = {},
  ) {
    super(cut(message, most.message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = (options.problems ?? [])
      .slice(0, most.problems)
      .map(({ path, message: told }) => ({ path: cut(path, most.path), message: cut(told, most.problem) }));
  }

  /** Whatever was thrown, as a CoalmineError; what is not one becomes `internal`. */
  static from(thrown: unknown): CoalmineError {
    if (thrown instanceof CoalmineError) return thrown;
    return new CoalmineError("internal", messageOf(thrown), { cause: thrown });
  }
}

/** What was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  // Not every object can be made a text.
  return typeof thrown === "object" && thrown !== null
    ? "something was thrown that is no error"
    : String(thrown);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
