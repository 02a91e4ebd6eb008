/** One request and its answer's bytes, within a time and a size. */
import { type Dispatcher, errors } from "undici";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { describeCause, FailedTry } from "./failed-try.ts";

/** A request for the query API. */
export interface QueryRequest {
  readonly pool: Dispatcher;
  /** Of the endpoint, without parameters. */
  readonly url: URL;
  readonly method: "POST" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  readonly params: URLSearchParams;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** All of it if the status is 200, the first 64 KiB of it otherwise. */
  readonly body: Buffer;
}

/** As they were sent; empty where there is none. */
export interface AnswerHeaders {
  readonly retryAfter: string;
  readonly date: string;
  readonly contentType: string;
  readonly contentEncoding: string;
}

const errorBodyBytes = 64 * 1024;

/**
 * Sends a query and reads the answer whole.
 *
 * @throws FailedTry if no answer came, or not all of it, or not in time.
 *   CoalmineError query-rejected if it is over the size limit: the connection is
 *   cut there, what is beyond is never read. The signal's reason if it aborts.
 */
export async function exchange(request: QueryRequest, signal: AbortSignal): Promise<HttpAnswer> {
  signal.throwIfAborted();
  const abort = new AbortController();
  const giveUp = () => abort.abort(signal.reason);
  const expire = () =>
    abort.abort(new FailedTry(`no whole answer within ${formatDuration(request.timeoutMs)}`));
  const timer = setTimeout(expire, request.timeoutMs);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await send(request, abort.signal);
  } catch (error) {
    if (error instanceof CoalmineError || error instanceof TypeError) throw error;
    abort.signal.throwIfAborted();
    throw new FailedTry(describeFailure(error), { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

async function send(request: QueryRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { pool, url, method, params } = request;
  const isPost = method === "POST";
  const answer = await pool.request({
    path: isPost ? url.pathname : `${url.pathname}?${params}`,
    method,
    headers: {
      accept: "application/json",
      ...(isPost ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      ...request.headers,
    },
    body: isPost ? params.toString() : null,
    signal,
  });
  const header = (name: string) => {
    const value = answer.headers[name];
    return typeof value === "string" ? value : "";
  };
  return {
    status: answer.statusCode,
    headers: {
      retryAfter: header("retry-after"),
      date: header("date"),
      contentType: header("content-type"),
      contentEncoding: header("content-encoding"),
    },
    body: await readBody(answer.body, answer.statusCode === 200, request),
  };
}

/** Leaving the loop early destroys the body, and with it the connection. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  isWanted: boolean,
  { maxResponseBytes }: QueryRequest,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (isWanted && bytes > maxResponseBytes) throw tooLarge(maxResponseBytes);
    if (!isWanted && bytes >= errorBodyBytes) break;
  }
  const read = Buffer.concat(chunks);
  return isWanted ? read : read.subarray(0, errorBodyBytes);
}

function tooLarge(limit: number): CoalmineError {
  return new CoalmineError(
    "query-rejected",
    `the answer is over the limit of ${limit} bytes: narrow the selector or the window, or raise maxResponseBytes`,
  );
}

const untrustedAuthority = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function describeFailure(error: unknown): string {
  if (error instanceof Error && "code" in error && untrustedAuthority.has(String(error.code))) {
    return `its certificate is not trusted (${describeCause(error)}): name its authority in tls.caFile`;
  }
  return error instanceof errors.SocketError
    ? `the connection was cut (${describeCause(error)})`
    : describeCause(error);
}
