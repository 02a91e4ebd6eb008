/** The parameters of a request, as Prometheus reads them: from the form in the body, then from the URL. */
import express, { type Request, type RequestHandler } from "express";
import { parseDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { HttpProblem } from "../http/problem.ts";

const formType = "application/x-www-form-urlencoded";

/** The longest query makes a form of a few times its size. */
const bodyLimitBytes = 64 * 1024;

const queryLimitBytes = 8 * 1024;

/** Reads the form of a POST. A body over 64 KiB is answered 413, another type 415. */
export const formBody: readonly RequestHandler[] = [
  (request, _response, next) => {
    const [type = ""] = (request.headers["content-type"] ?? "").split(";");
    if (type.trim().toLowerCase() === formType) next();
    else throw new HttpProblem(415, `the content type must be ${formType}, got ${type || "none"}`);
  },
  express.text({ type: () => true, limit: bodyLimitBytes }),
];

export interface Parameters {
  /** The first value of that name; null if it is absent or empty. */
  get(name: string): string | null;
}

export function parametersOf(request: Request): Parameters {
  const form = new URLSearchParams(typeof request.body === "string" ? request.body : "");
  const [, search = ""] = request.originalUrl.split(/\?(.*)/s);
  const url = new URLSearchParams(search);
  return { get: (name) => form.get(name) || url.get(name) || null };
}

/** @throws CoalmineError invalid-request if there is none, too-large over 8 KiB. */
export function queryOf(parameters: Parameters): string {
  const query = parameters.get("query");
  if (query === null) throw new CoalmineError("invalid-request", "the parameter query is missing");
  const bytes = Buffer.byteLength(query);
  if (bytes <= queryLimitBytes) return query;
  throw new CoalmineError("too-large", `a query of ${bytes} bytes is over the limit of ${queryLimitBytes}`);
}

/**
 * A time in milliseconds since the epoch: seconds with fractions, or RFC 3339; null if there is none.
 *
 * @throws CoalmineError invalid-request
 */
export function timeOf(parameters: Parameters, name: string): number | null {
  const text = parameters.get(name);
  if (text === null) return null;
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
  const time = isDate ? Date.parse(text) : secondsOf(text) * 1_000;
  if (Math.abs(time) <= latestTime) return time;
  throw new CoalmineError(
    "invalid-request",
    `the parameter ${name} is a time in seconds or as RFC 3339 writes it, got ${JSON.stringify(text.slice(0, 60))}`,
  );
}

/** The last moment of ECMAScript's Date. */
const latestTime = 8.64e15;

function secondsOf(text: string): number {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/**
 * A duration in milliseconds, `30s` or a number of seconds; null if there is none.
 *
 * @throws CoalmineError invalid-request
 */
export function durationOf(parameters: Parameters, name: string): number | null {
  const text = parameters.get(name);
  if (text === null) return null;
  const duration = parseDuration(text);
  if (duration !== null && duration > 0) return duration;
  throw new CoalmineError(
    "invalid-request",
    `the parameter ${name} is a duration above 0 such as 30s, got ${JSON.stringify(text.slice(0, 60))}`,
  );
}
