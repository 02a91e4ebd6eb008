/** Requests to gates as any client might send them: fetch sends no body with GET, and tidies paths. */
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";

/** One request. */
export interface GateRequest {
  /** POST if left out. */
  readonly method?: string;
  readonly path: string;
  /** Bytes as they are, text, or a value that goes out as JSON. */
  readonly body?: Buffer | string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client sees of the answer. */
export interface GateReply {
  readonly status: number;
  readonly body: string;
  readonly type: string | undefined;
  readonly length: string | undefined;
}

/** Sends it, on a connection of its own as Flagger does. */
export async function exchange(
  url: string,
  { method = "POST", path, body, headers = {} }: GateRequest,
): Promise<GateReply> {
  const bytes = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const length = bytes === undefined ? {} : { "content-length": String(Buffer.byteLength(bytes)) };
  const { hostname, port } = new URL(url);
  const sent = request({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: { "content-type": "application/json", ...length, ...headers },
  });
  const answered = once(sent, "response");
  sent.end(bytes);
  const [response] = await answered;
  // Who is answered before the end of a body need not take the rest of it.
  sent.on("error", () => undefined);
  const { "content-type": type, "content-length": told } = response.headers;
  return { status: response.statusCode, body: await text(response), type, length: told };
}

/** Sends them one after the other. */
export async function exchangeAll(
  url: string,
  requests: readonly GateRequest[],
): Promise<readonly GateReply[]> {
  const replies: GateReply[] = [];
  for (const each of requests) replies.push(await exchange(url, each));
  return replies;
}
