import * as z from "zod";
import { CoalmineError, errorCodes } from "../../../base/errors.ts";
import { fetchReason } from "../../../base/fetch-reason.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import type { CliHost } from "../cli-host.ts";
import { printable } from "../printable.ts";

/** A Coalmine server. */
export interface NamedServer {
  /** As in `http://coalmine.coalmine:8080`; its path goes before the API's. */
  readonly url: URL;
  readonly token: string | null;
}

export interface Question {
  /** What is asked for, as in `gates`, for a server that knows no such thing. */
  readonly what: string;
  /** Of the API, as in `/v1/gates`. */
  readonly path: string;
  /** What a query asks; none unless given. */
  readonly query?: Readonly<Record<string, string>>;
  /** Goes out as JSON, by POST; a question without one is a GET. */
  readonly body?: unknown;
}

/** A server that takes longer for so little is as good as away. */
const patienceMs = 10_000;

/** Ten thousand gates are three million bytes. */
const maxAnswerBytes = 16 * 1024 * 1024;

const problemSchema = z.object({ code: z.enum(errorCodes), detail: z.string() });

/**
 * Asks the API of a server.
 *
 * @throws CoalmineError source-unavailable if it is away, what the server says if
 *   it refuses, invalid-request if what answers is no Coalmine server.
 */
export async function askServer<T>(
  { url, token }: NamedServer,
  { fetch }: Pick<CliHost, "fetch">,
  schema: z.ZodType<T>,
  question: Question,
): Promise<T> {
  const { what, path, query, body } = question;
  const asked = new URLSearchParams(query);
  const address = `${url.href.replace(/\/$/, "")}${path}${asked.size === 0 ? "" : `?${asked}`}`;
  const init = body === undefined ? { method: "GET" } : { method: "POST", body: JSON.stringify(body) };
  const answer = await answerTo(url, () => fetch(address, { ...init, ...callOptions(token) }));
  if (answer.status < 200 || answer.status > 299) throw refusal(url, what, answer);
  const read = safeParse(schema, answer.body);
  if (!read.success) throw noCoalmine(url, what, "what it answers is something else");
  return read.data;
}

function callOptions(token: string | null): RequestInit {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    headers: { accept: "application/json", "content-type": "application/json", ...authorization },
    // The token is for the server that was named, not for another that it names.
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMs),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

async function answerTo(url: URL, call: () => Promise<Response>): Promise<Answer> {
  try {
    const response = await call();
    const location = response.headers.get("location");
    return { status: response.status, body: await readJson(response), location };
  } catch (error) {
    throw error instanceof CoalmineError ? error : away(url, error);
  }
}

/** Undefined for what is no JSON. */
async function readJson({ body, url }: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes)
      throw new CoalmineError("too-large", `${url} answers more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

function away(url: URL, cause: unknown): CoalmineError {
  const message = `the server at ${url.href} does not answer (${fetchReason(cause)}); start it, or name another with --server or COALMINE_URL`;
  return new CoalmineError("source-unavailable", message, { cause });
}

function refusal(url: URL, what: string, { status, body, location }: Answer): CoalmineError {
  const problem = safeParse(problemSchema, body);
  if (problem.success) {
    const { code, detail } = problem.data;
    const fix = code === "unauthenticated" ? "; here it comes from COALMINE_TOKEN or --token-file" : "";
    return new CoalmineError(code, `the server refuses: ${printable(detail)}${fix}`);
  }
  if (status > 499) {
    const message = `${url.href} answers ${status}, as a proxy does whose server is away; try again`;
    return new CoalmineError("source-unavailable", message);
  }
  if (location !== null) return noCoalmine(url, what, `it sends callers on to ${printable(location)}`);
  return noCoalmine(url, what, `it answers ${status}`);
}

function noCoalmine(url: URL, what: string, why: string): CoalmineError {
  const message = `${url.href} is no Coalmine server, or one that knows no ${what} (${why}); name the right one with --server or COALMINE_URL`;
  return new CoalmineError("invalid-request", message);
}
