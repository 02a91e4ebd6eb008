import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "../../base/logger.ts";
import { ClientGone } from "./client-gone.ts";
import { HttpProblem, problemDocument, problemHeaders } from "./problem.ts";

/** Answers what no route answered. */
export const notFound: RequestHandler = (request) => {
  throw new HttpProblem(404, `nothing is served at ${request.path}; see /openapi.json`, {
    code: "not-found",
  });
};

/** Answers what a handler threw as a problem document, and logs with its cause what is the server's fault. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  // express tells an error handler by its four parameters.
  return (thrown, request, response, _next) => {
    if (thrown instanceof ClientGone) return;
    const problem = problemDocument(thrown);
    if (problem.status >= 500) {
      const { method, path } = request;
      logger.error({ method, path, status: problem.status, err: thrown }, "a request failed");
    }
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    response.set(problemHeaders(thrown, problem.status));
    response.status(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  };
}
