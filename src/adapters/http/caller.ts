/** Who a request comes from. */
import type { Request, RequestHandler } from "express";
import type { Analyses } from "../../analysis/analyses.ts";
import { type CallerAnalyses, restrictAnalyses } from "../../analysis/restricted-analyses.ts";
import type { Access, Caller } from "../../base/access.ts";
import { HttpProblem } from "./problem.ts";
import { secretOf } from "./secret-of.ts";

const callers = new WeakMap<Request, Caller>();

/**
 * Lets only those through who are recognised, for {@link callerOf}; everybody
 * where access control is off. Mount it before a body is read: what a stranger
 * sends is not looked at.
 *
 * Others are answered 401, and everybody 503 while it cannot be told who asks.
 */
export function requireCaller(access: Access): RequestHandler {
  return async (request, _response, next) => {
    const secret = secretOf(request.headers);
    const caller = await access.callerOf(secret);
    if (caller === null) throw unrecognised(secret);
    callers.set(request, caller);
    next();
  };
}

/**
 * Who sent the request.
 *
 * @throws TypeError for a request that {@link requireCaller} has not let through: nobody may take it for somebody's.
 */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new TypeError(`nobody asked who sends ${request.method} ${request.path}`);
  return caller;
}

/** The analyses as the sender of a request may ask of them. */
export type AnalysesFor = (request: Request) => CallerAnalyses;

export function analysesFor(analyses: Analyses, access: Access): AnalysesFor {
  return access.isOn ? (request) => restrictAnalyses(analyses, callerOf(request)) : () => analyses;
}

function unrecognised(secret: string | null): HttpProblem {
  const wanted = "send a token of the server's settings (access.tokens) as Authorization: Bearer <token>";
  const [what, error] =
    secret === null
      ? ["the request holds no token that can be read", ""]
      : ["no token of the server's settings is the one sent", ', error="invalid_token"'];
  // RFC 6750 §3: a request without credentials is told no error code.
  const challenges = [`Bearer realm="coalmine"${error}`, 'Basic realm="coalmine", charset="UTF-8"'];
  return new HttpProblem(401, `${what}; ${wanted}, or as the password of Basic`, {
    code: "unauthenticated",
    headers: { "WWW-Authenticate": challenges.join(", ") },
  });
}
