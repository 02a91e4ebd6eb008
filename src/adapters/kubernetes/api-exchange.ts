/** One request to the Kubernetes API, within a time and a size. */
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { buildConnector, type Dispatcher, Pool } from "undici";
import { CoalmineError } from "../../base/errors.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { codeOf, readHeld } from "./read-held.ts";

/** What came back, read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiLimits {
  /** For one request, from reading the token to the last byte. */
  readonly timeoutMs: number;
  /** Of one answer. */
  readonly maxBytes: number;
}

export interface ApiConnection {
  /**
   * @param path with everything in it escaped.
   * @throws CoalmineError source-unavailable if no whole answer came in time,
   *   too-large if it is over the limit, invalid-settings if the token or the
   *   authorities cannot be read.
   */
  get(path: string): Promise<ApiAnswer>;
  /**
   * Creates an object. Where the connection is cut it may have been created all the same.
   *
   * @param body of the object.
   * @throws CoalmineError as `get` does.
   */
  post(path: string, body: unknown): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Few rollouts are asked about at once; HTTP/1.1 takes one request a connection. */
const mostConnections = 4;
const idleMs = 60_000;

/** Connects when first asked; files are read again for each connection (authorities) and each request (token). */
export function connectToApi(access: ClusterAccess, limits: ApiLimits): ApiConnection {
  const pool = new Pool(access.server, {
    connections: mostConnections,
    keepAliveTimeout: idleMs,
    // The exchange is timed as a whole.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector(access, limits.timeoutMs),
  });
  return {
    get: (path) => askWithin(pool, access, limits, { method: "GET", path }),
    post: (path, body) => askWithin(pool, access, limits, { method: "POST", path, body }),
    close: () => pool.destroy(),
  };
}

function createConnector(access: ClusterAccess, timeout: number): buildConnector.connector {
  const connect = async (...[options, callback]: Parameters<buildConnector.connector>) => {
    const secureContext = await secureContextOf(access);
    buildConnector({ secureContext, timeout, rejectUnauthorized: !access.insecure })(options, callback);
  };
  return (options, callback) => {
    connect(options, callback).catch((error: unknown) => callback(CoalmineError.from(error), null));
  };
}

async function secureContextOf({ authority, certificate }: ClusterAccess): Promise<SecureContext> {
  const texts: SecureContextOptions = {};
  if (authority !== null) texts.ca = await readHeld(authority, "the API server's authority");
  if (certificate !== null) {
    texts.cert = await readHeld(certificate.certificate, "the client's certificate");
    texts.key = await readHeld(certificate.key, "the client's key");
  }
  try {
    return createSecureContext(texts);
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(cause: unknown): CoalmineError {
  const what = "the Kubernetes API's authority, or the client's certificate with its key,";
  return new CoalmineError("invalid-settings", `${what} cannot be used: they are PEM, and a pair`, { cause });
}

type ApiRequest =
  | { readonly method: "GET"; readonly path: string }
  | { readonly method: "POST"; readonly path: string; readonly body: unknown };

async function askWithin(
  pool: Pool,
  access: ClusterAccess,
  limits: ApiLimits,
  asked: ApiRequest,
): Promise<ApiAnswer> {
  const expired = AbortSignal.timeout(limits.timeoutMs);
  try {
    return await send(pool, access, limits, asked, expired);
  } catch (error) {
    if (error instanceof CoalmineError || error instanceof TypeError) throw error;
    const why = expired.aborted
      ? `no whole answer within ${limits.timeoutMs / 1000} s`
      : describe(error, access);
    throw unanswered(access, why, error);
  }
}

function unanswered({ server }: ClusterAccess, why: string, cause: unknown): CoalmineError {
  const message = `the Kubernetes API at ${server} does not answer: ${why}`;
  return new CoalmineError("source-unavailable", message, { cause });
}

async function send(
  pool: Pool,
  access: ClusterAccess,
  { maxBytes }: ApiLimits,
  asked: ApiRequest,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const headers = { accept: "application/json", ...(await loginOf(access)) };
  const request = async () => await pool.request({ ...optionsOf(asked, headers), signal });
  const { statusCode, body } = await request().catch((error: unknown) => {
    // The server may have closed an idle connection just as it was taken; a new one will do. What a POST did is not known.
    if (asked.method === "GET" && codeOf(error) === "UND_ERR_SOCKET") return request();
    throw error;
  });
  return { status: statusCode, body: await readText(body, maxBytes) };
}

function optionsOf(asked: ApiRequest, headers: Readonly<Record<string, string>>): Dispatcher.RequestOptions {
  const { method, path } = asked;
  if (asked.method === "GET") return { method, path, headers };
  const body = JSON.stringify(asked.body);
  return { method, path, headers: { ...headers, "content-type": "application/json" }, body };
}

async function readText(body: Dispatcher.ResponseData["body"], maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const pieces: AsyncIterable<Uint8Array> = body;
  // Leaving the loop destroys the body, and with it the connection.
  for await (const chunk of pieces) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new CoalmineError("too-large", `the Kubernetes API's answer is over ${maxBytes} bytes`);
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function loginOf({ token }: ClusterAccess): Promise<{ readonly authorization?: string }> {
  if (token === null) return {};
  const word = (await readHeld(token, "the service account's token")).trim();
  // A header cannot hold anything else, and the error about it would quote the token.
  if (!/^[\x21-\x7e]+$/.test(word)) {
    throw new CoalmineError("invalid-settings", "the service account's token is not one word of ASCII");
  }
  return { authorization: `Bearer ${word}` };
}

const untrusted = /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_SIGNATURE|SIGNED_CERT/;

function describe(error: unknown, { authority }: ClusterAccess): string {
  const code = codeOf(error);
  if (!untrusted.test(code)) return code;
  const whose = authority?.kind === "file" ? ` (${authority.path})` : "";
  return `its certificate is not signed by the authority that was given${whose}: name the right one in kubernetes.caFile`;
}
