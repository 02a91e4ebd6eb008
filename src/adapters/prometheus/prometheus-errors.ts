/** Failures in the words of Prometheus' HTTP API. */
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { ErrorCode } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { HttpProblem, problemDocument, problemHeaders } from "../http/problem.ts";

/** The `errorType` of each failure (web/api/v1/api.go of Prometheus). */
export const errorTypes = {
  "invalid-spec": "bad_data",
  "invalid-request": "bad_data",
  "invalid-settings": "internal",
  unauthenticated: "unauthorized",
  forbidden: "forbidden",
  "not-found": "not_found",
  conflict: "execution",
  "too-large": "bad_data",
  "source-unavailable": "unavailable",
  "query-rejected": "execution",
  internal: "internal",
} as const satisfies Record<ErrorCode, string>;

/** Answers what no route of this endpoint answered. */
export const unknownPath: RequestHandler = (request) => {
  const known = "api/v1/query, api/v1/query_range and api/v1/status/buildinfo";
  throw new HttpProblem(
    404,
    `nothing is served at ${request.originalUrl.split("?", 1)[0]}; known are ${known}`,
    {
      code: "not-found",
    },
  );
};

/** Answers what a handler threw as Prometheus would, and logs with its cause what is the server's fault. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  // express tells an error handler by its four parameters.
  return (thrown, request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { code, status: ofProblem, detail } = problemDocument(thrown);
    // Clients in Go show the text of 400 and 422 and of nothing else, and a conflict needs its text.
    const status = code === "conflict" ? 422 : ofProblem;
    if (status >= 500) {
      logger.error({ method: request.method, path: request.path, status, err: thrown }, "a request failed");
    }
    response.set(problemHeaders(thrown, status));
    response.status(status).json({ status: "error", errorType: errorTypes[code], error: detail });
  };
}
