/** What an answer of the query API means: a result, a rejection, or a reason to ask again. */
import { CoalmineError } from "../../base/errors.ts";
import type { AnswerHeaders, HttpAnswer } from "./exchange.ts";
import { FailedTry, oneLine } from "./failed-try.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { liftSamples, type SampleList } from "./lift-samples.ts";

/** A successful answer's content. */
export interface QueryResult {
  readonly resultType: string;
  /** Not checked yet. */
  readonly result: unknown;
  /** The samples taken out of `result`, see {@link liftSamples}. */
  readonly lists: readonly SampleList[];
  /** At most 20, each one line. */
  readonly warnings: readonly string[];
}

const mostWarnings = 20;
/** Statuses that asking again may mend; every 5xx is one too. 499 is Prometheus' for a query it cancelled. */
const transientStatuses = new Set([408, 425, 429, 499]);
/** Thanos answers 422 when a store behind it is away and partial responses are off. */
const transientErrors =
  /code = (Unavailable|DeadlineExceeded|Aborted|Canceled)|connection refused|deadline exceeded/;

/**
 * Reads an answer as Prometheus' HTTP API has it
 * (https://prometheus.io/docs/prometheus/latest/querying/api/). Informational
 * annotations are left out; VictoriaMetrics' `isPartial` becomes a warning.
 *
 * @throws FailedTry if asking again may help, CoalmineError query-rejected with
 *   the server's words if it will not. What a server says to a refused login is
 *   left out: it may repeat the secret.
 */
export function interpretAnswer(answer: HttpAnswer, now: number): QueryResult {
  if (answer.status === 200) {
    const { json, lists } = liftSamples(answer.body);
    return { ...readSuccess(parse(json, answer.headers)), lists };
  }
  const error = readErrorText(answer.body.toString("utf8"));
  const words = error === "" ? `HTTP status ${answer.status}` : `HTTP status ${answer.status}: ${error}`;
  if (isTransient(answer.status, error)) {
    throw new FailedTry(`it answered ${words}`, {
      retryAfterMs: readRetryAfter(answer.headers.retryAfter, now),
    });
  }
  throw new CoalmineError("query-rejected", rejection(answer.status, words));
}

function isTransient(status: number, error: string): boolean {
  if (status < 300 || status >= 500 || transientStatuses.has(status)) return true;
  return status === 422 && transientErrors.test(error);
}

function rejection(status: number, words: string): string {
  if (status === 401 || status === 403) {
    return `the server refused the query with HTTP status ${status}: check the source's auth settings`;
  }
  if (status < 400) return `the server redirects (${words}): set the source's url to where it leads`;
  if (status === 404 || status === 405) return `no query API there (${words}): check the source's url`;
  return `the server rejected the query (${words})`;
}

function parse(text: string, headers: AnswerHeaders): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FailedTry(`it answered ${whatIsNotJson(text, headers)}`, { cause });
  }
  if (!isJsonObject(json)) throw new FailedTry("it answered JSON that is not an object");
  return json;
}

function whatIsNotJson(text: string, { contentType, contentEncoding }: AnswerHeaders): string {
  if (text === "") return "nothing, which is not JSON";
  if (!/^(identity)?$/i.test(contentEncoding)) {
    return `what is not JSON but encoded as ${oneLine(contentEncoding)}, which was not asked for`;
  }
  const kind = /^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0].toLowerCase() ?? "";
  if (kind === "application/json") return "JSON that is cut short or damaged, so not JSON";
  return kind === "" ? "what is not JSON" : `what is not JSON but ${oneLine(kind)}`;
}

function readSuccess(answer: JsonObject): Omit<QueryResult, "lists"> {
  const { status, data } = answer;
  if (status === "error") {
    const { errorType, error } = answer;
    const words = oneLine(`${describe(errorType)}: ${describe(error)}`);
    if (errorType === "bad_data" || errorType === "execution") {
      throw new CoalmineError("query-rejected", `the server rejected the query (${words})`);
    }
    throw new FailedTry(`it answered an error, ${words}`);
  }
  if (status !== "success" || !isJsonObject(data) || typeof data["resultType"] !== "string") {
    throw new FailedTry("it answered JSON that is no query result");
  }
  return { resultType: data["resultType"], result: data["result"], warnings: readWarnings(answer) };
}

function readWarnings(answer: JsonObject): readonly string[] {
  const told = answer["warnings"] ?? [];
  if (!Array.isArray(told)) throw new FailedTry("it answered warnings that are no list");
  const warnings = told.slice(0, mostWarnings).map((warning) => oneLine(describe(warning)));
  if (answer["isPartial"] === true) warnings.push("partial response: some of the storage did not answer");
  return warnings;
}

/** What should be a text, as words. */
function describe(told: unknown): string {
  if (typeof told === "string") return told;
  // Writing a value out again could run out of stack: it nests as deep as the server likes.
  return typeof told === "object" && told !== null ? "no text" : String(told);
}

/** Empty if there is none: proxies answer HTML, of which nothing is worth showing. */
function readErrorText(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return "";
  }
  return isJsonObject(json) && typeof json["error"] === "string" ? oneLine(json["error"]) : "";
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3), as milliseconds from now. */
function readRetryAfter(text: string, now: number): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
