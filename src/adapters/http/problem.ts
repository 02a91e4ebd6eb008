/** Failures in HTTP's words: RFC 9457 problem documents, the same from every route. */
import { CoalmineError, type ErrorCode, isOwnFault, type Problem } from "../../base/errors.ts";

/** The status of each failure; a host that retries does so on 503. */
export const problemStatus = {
  "invalid-spec": 400,
  "invalid-request": 400,
  "invalid-settings": 500,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  "source-unavailable": 503,
  "query-rejected": 422,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

const titles = {
  "invalid-spec": "The spec cannot be read",
  "invalid-request": "The request cannot be read",
  "invalid-settings": "The server is set up wrongly",
  unauthenticated: "Who asks is not known",
  forbidden: "Who asks may not do this",
  "not-found": "There is no such thing here",
  conflict: "It contradicts what is already there",
  "too-large": "It is more than the server takes",
  "source-unavailable": "What the answer depends on is away",
  "query-rejected": "The source rejected the query",
  internal: "An internal fault",
} as const satisfies Record<ErrorCode, string>;

/** A problem document; `code` and `problems` are our extension members (RFC 9457 §3.2). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
}

/**
 * A failure of the protocol itself (405, 415, 503 while draining), with a status
 * of its own and headers to go with it.
 */
export class HttpProblem extends CoalmineError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { readonly code?: ErrorCode; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(options.code ?? "invalid-request", message);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

/** What work is told once the server drains: it would be cut short. */
export function drainingProblem(): HttpProblem {
  return new HttpProblem(503, "the server is shutting down; ask again", {
    code: "source-unavailable",
    headers: { Connection: "close" },
  });
}

/** Whatever a handler threw, as callers may see it: of a fault of ours, nothing but that it is one. */
export function problemDocument(thrown: unknown): ProblemDocument {
  const error = asCoalmineError(thrown);
  const { code, problems } = error;
  const status = error instanceof HttpProblem ? error.status : problemStatus[code];
  const isOurs = isOwnFault(code);
  const detail = isOurs ? "the request met a fault of the server; its log has the cause" : error.message;
  return {
    type: `urn:coalmine:problem:${code}`,
    title: titles[code],
    status,
    detail,
    code,
    problems: isOurs ? [] : problems,
  };
}

/** The headers that go with the answer: where asking again may help, after how many seconds; and the failure's own. */
export function problemHeaders(thrown: unknown, status: number): Readonly<Record<string, string>> {
  const again = status === 503 ? { "Retry-After": "5" } : {};
  return thrown instanceof HttpProblem ? { ...again, ...thrown.headers } : again;
}

/** express and its body reader throw errors with a status; those of the client's making are told, with that status. */
function asCoalmineError(thrown: unknown): CoalmineError {
  if (thrown instanceof CoalmineError || !(thrown instanceof Error)) return CoalmineError.from(thrown);
  const status = "status" in thrown && typeof thrown.status === "number" ? thrown.status : 500;
  if (status < 400 || status > 499) return CoalmineError.from(thrown);
  if (status === 413 && "limit" in thrown) {
    return new CoalmineError("too-large", `the body is over the limit of ${thrown.limit} bytes`, {
      cause: thrown,
    });
  }
  return new HttpProblem(status, thrown.message, { code: status === 404 ? "not-found" : "invalid-request" });
}
