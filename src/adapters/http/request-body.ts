import express, { type Request, type RequestHandler } from "express";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import { HttpProblem } from "./problem.ts";

/** A spec is a page of text; nobody means to send more. */
export const defaultBodyLimitBytes = 256 * 1024;

const formats: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ["application/json", readJson],
  ["application/yaml", readSpecText],
  ["application/x-yaml", readSpecText],
  ["text/yaml", readSpecText],
]);

/**
 * Reads a JSON or YAML body as text; {@link bodyOf} makes it a value. Other
 * types are refused before a byte is read, and so is a form: a web page of
 * another origin can post one without asking (CSRF), but not these types.
 *
 * A body over the limit is answered 413, another type 415.
 */
export function textBody(limitBytes: number): RequestHandler[] {
  return [requireFormat, express.text({ type: () => true, limit: limitBytes })];
}

/**
 * The body as a plain value, not yet checked for its meaning.
 *
 * @throws CoalmineError invalid-request if it is empty or malformed JSON, invalid-spec for malformed YAML.
 */
export function bodyOf(request: Request): unknown {
  const text: unknown = request.body;
  if (typeof text !== "string" || text.trim() === "") {
    throw new CoalmineError(
      "invalid-request",
      "the request has no body; it must hold a JSON or YAML document",
    );
  }
  return (formats.get(mediaType(request)) ?? readJson)(text);
}

const requireFormat: RequestHandler = (request, _response, next) => {
  if (formats.has(mediaType(request))) {
    next();
    return;
  }
  const known = [...formats.keys()].join(", ");
  const met = request.headers["content-type"] ?? "none";
  throw new HttpProblem(415, `the content type must be one of ${known}; got ${met}`, {
    headers: { Accept: known },
  });
};

function mediaType(request: Request): string {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  return type.trim().toLowerCase();
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(cause: unknown): CoalmineError {
  return new CoalmineError("invalid-request", `the body is no JSON: ${messageOf(cause)}`, { cause });
}
