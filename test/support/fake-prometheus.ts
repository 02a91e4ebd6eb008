/** A Prometheus on 127.0.0.1 that holds given series, evaluates range selectors and misbehaves when told to. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { TlsOptions } from "node:tls";
import { unreachable } from "../../src/base/unreachable.ts";

/** What the fake does with a request. */
export type Reply =
  /** Evaluates the query over the series it holds, and answers so many milliseconds later. */
  | {
      readonly kind: "evaluate";
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly afterMs?: number;
    }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Announces a long body, sends a part of it and cuts the connection. */
  | { readonly kind: "half" }
  /** Cuts the connection before any answer. */
  | { readonly kind: "cut" }
  /** Takes the request and never answers. */
  | { readonly kind: "silent" }
  /** Starts an answer and never ends it. */
  | { readonly kind: "stalled" }
  /** Sends JSON of this size as fast as it is read. */
  | { readonly kind: "endless"; readonly bytes: number; readonly status?: number };

/** A series as the fake holds it; times in milliseconds since the epoch. */
export interface FakeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples?: readonly (readonly [time: number, value: string | number])[];
  /** As the API writes them: `{count, sum, buckets}`. */
  readonly histograms?: readonly (readonly [time: number, histogram: unknown])[];
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly params: URLSearchParams;
  readonly clientPort: number;
  /** Subject of the client's certificate; empty without one. */
  readonly clientName: string;
}

export interface FakePrometheus {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Bytes of `endless` bodies written so far. */
  readonly bytesSent: number;
  hold(...series: readonly FakeSeries[]): void;
  /** From here on samples of the time to come are not there yet; without it a test may hold its whole story at once. */
  hideFuture(): void;
  /** The replies to the next requests, in order; after the last one it evaluates again. */
  next(...replies: readonly Reply[]): void;
  /** The reply to every request that `next` says nothing about. */
  always(reply: Reply): void;
  close(): Promise<void>;
}

/** Starts a fake; with `tls` it speaks https. Ranges are closed at both ends, as before Prometheus 3. */
export async function startFakePrometheus(tls?: TlsOptions): Promise<FakePrometheus> {
  const requests: RecordedRequest[] = [];
  const queue: Reply[] = [];
  let held: readonly FakeSeries[] = [];
  let usual: Reply = { kind: "evaluate" };
  let bytesSent = 0;
  let newest = () => Number.POSITIVE_INFINITY;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Tests have clocks of their own: it shows none unless a reply's headers do.
    response.sendDate = false;
    const recorded = await record(request);
    requests.push(recorded);
    const count = (bytes: number) => {
      bytesSent += bytes;
    };
    await answer(queue.shift() ?? usual, { recorded, response, held, newest: newest(), count });
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${portOf(server)}`,
    requests,
    get bytesSent() {
      return bytesSent;
    },
    hold: (...series) => {
      held = series;
    },
    hideFuture: () => {
      newest = Date.now;
    },
    next: (...replies) => void queue.push(...replies),
    always: (reply) => {
      usual = reply;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A reply in the words of Prometheus' HTTP API. */
export function apiError(status: number, errorType: string, error: string): Reply {
  return { kind: "answer", status, body: JSON.stringify({ status: "error", errorType, error }) };
}

interface Exchange {
  readonly recorded: RecordedRequest;
  readonly response: ServerResponse;
  readonly held: readonly FakeSeries[];
  /** Milliseconds since the epoch; what is later is not there yet. */
  readonly newest: number;
  readonly count: (bytes: number) => void;
}

async function answer(reply: Reply, exchange: Exchange): Promise<void> {
  const { response } = exchange;
  switch (reply.kind) {
    case "evaluate": {
      const { status, body } = evaluate(exchange.recorded.params, exchange);
      if (reply.afterMs !== undefined) await sleep(reply.afterMs);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...body, ...reply.extra }));
      return;
    }
    case "answer":
      response.writeHead(reply.status, reply.headers).end(reply.body);
      return;
    case "half":
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"status":"success","data":{"resultType":"matrix","res', () => response.destroy());
      return;
    case "cut":
      response.destroy();
      return;
    case "silent":
      return;
    case "stalled":
      response.writeHead(200).write('{"status":');
      return;
    case "endless":
      await pour(response, reply, exchange.count);
      return;
    default:
      unreachable(reply);
  }
}

async function pour(
  response: ServerResponse,
  { bytes, status = 200 }: Extract<Reply, { kind: "endless" }>,
  count: (bytes: number) => void,
): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, " ");
  response.writeHead(status, { "content-type": "application/json" });
  for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
    count(chunk.length);
    if (response.write(chunk)) continue;
    const wait = new AbortController();
    const { signal } = wait;
    await Promise.any([once(response, "drain", { signal }), once(response, "close", { signal })]);
    wait.abort();
  }
  response.end("{}");
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
  const method = request.method ?? "";
  const body = await text(request);
  const { socket } = request;
  const certificate =
    "getPeerCertificate" in socket
      ? (socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }).getPeerCertificate()
      : {};
  return {
    method,
    path: pathname,
    headers: request.headers,
    params: method === "POST" ? new URLSearchParams(body) : searchParams,
    clientPort: socket.remotePort ?? 0,
    clientName: certificate.subject?.CN ?? "",
  };
}

interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

function evaluate(params: URLSearchParams, { held, newest }: Pick<Exchange, "held" | "newest">): ApiAnswer {
  const query = params.get("query") ?? "";
  const asked = Math.round(Number(params.get("time")) * 1_000);
  if (query === "vector(1)") return success("vector", [{ metric: {}, value: [Date.now() / 1_000, "1"] }]);
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\[(\d+)ms\]$/s.exec(query);
  if (parts === null) return badData(`parse error in ${query}`);
  const [, metric = "", matchers = "", rangeMs] = parts;
  const from = asked - Number(rangeMs);
  const to = Math.min(asked, newest);
  let matches: Match[];
  try {
    matches = parseMatchers(matchers);
  } catch (error) {
    return badData(String(error));
  }
  const result = held
    .filter(({ labels }) => labels["__name__"] === metric && matches.every((match) => match(labels)))
    .map((series) => ({
      metric: series.labels,
      ...within(from, to, "values", series.samples, (value) =>
        typeof value === "number" ? format(value) : value,
      ),
      ...within(from, to, "histograms", series.histograms, (histogram) => histogram),
    }))
    .filter((series) => "values" in series || "histograms" in series);
  return success("matrix", result);
}

function within<T>(
  from: number,
  to: number,
  key: string,
  samples: readonly (readonly [number, T])[] | undefined,
  write: (value: T) => unknown,
): Record<string, unknown> {
  const kept = (samples ?? []).filter(([time]) => time >= from && time <= to);
  return kept.length === 0 ? {} : { [key]: kept.map(([time, value]) => [time / 1_000, write(value)]) };
}

function format(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

type Match = (labels: Readonly<Record<string, string>>) => boolean;

/** @throws SyntaxError if it is not a list of matchers, or a regular expression is none. */
function parseMatchers(source: string): Match[] {
  const matcher = /([a-zA-Z_]\w*)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"(?:,|$)/sy;
  const matches: Match[] = [];
  while (matcher.lastIndex < source.length) {
    const met = matcher.exec(source);
    if (met === null) throw new SyntaxError(`unexpected matchers ${source}`);
    const [, label = "", op = "", quoted = ""] = met;
    const value = quoted.replace(/\\(.)/gs, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
    const pattern = op.endsWith("~") ? anchored(value) : null;
    matches.push((labels) => {
      const actual = labels[label] ?? "";
      const isSame = pattern === null ? actual === value : pattern.test(actual);
      return isSame !== op.startsWith("!");
    });
  }
  return matches;
}

/** Compiled alone first: the group around it must not repair what is unbalanced. */
function anchored(source: string): RegExp {
  return new RegExp(`^(?:${new RegExp(source, "s").source})$`, "s");
}

function success(resultType: string, result: readonly unknown[]): ApiAnswer {
  return { status: 200, body: { status: "success", data: { resultType, result } } };
}

function badData(error: string): ApiAnswer {
  return { status: 400, body: { status: "error", errorType: "bad_data", error } };
}

function portOf(server: Pick<Server, "address">): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the fake listens on no port");
  return address.port;
}
