/** A proxy on 127.0.0.1 that does to a real Prometheus' answers what networks, load balancers and wrong clocks do. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { Pool } from "undici";
import { unreachable } from "../../src/base/unreachable.ts";
import { shiftAnswer, shiftParams } from "./shift-clock.ts";

/** What becomes of one request. */
export type Fault =
  /** Passed on, and answered so much later. */
  | { readonly kind: "late"; readonly ms: number }
  /** The connection is reset before a byte of the answer. */
  | { readonly kind: "reset" }
  /** The connection is reset in the middle of the body. */
  | { readonly kind: "resetInBody" }
  /** Announces the whole body, sends half of it and closes as if that were all. */
  | { readonly kind: "half" }
  /** Half of the body, announced and ended as if it were whole. */
  | { readonly kind: "truncated" }
  /** Answers this in Prometheus' place, as a load balancer does. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  /** Passes on the JSON that `change` makes of Prometheus' own. */
  | { readonly kind: "change"; readonly change: (json: string) => string }
  /** The body by itself, a byte at a time. */
  | { readonly kind: "trickle"; readonly everyMs: number }
  /** A body that never ends, as fast as it is read. */
  | { readonly kind: "endless" }
  /** Compresses the answer, asked or not. */
  | { readonly kind: "gzip" }
  /** Takes the request and never answers. */
  | { readonly kind: "silent" }
  /** As a Prometheus whose clock is so far ahead (below zero: behind); its Date header too, unless a load balancer's is put in its place. */
  | { readonly kind: "clock"; readonly aheadMs: number; readonly date: "shifted" | "right" };

/** A query on its way to Prometheus. */
export interface ProxiedQuery {
  /** Counts from 0. */
  readonly index: number;
  readonly params: URLSearchParams;
}

/** A proxy under way. */
export interface FaultProxy {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** Queries so far, and how many of them met a fault. */
  readonly queries: number;
  readonly faults: number;
  /** Connections that are open now, and the most there ever were at once. */
  readonly connections: number;
  readonly mostConnections: number;
  /** Bytes of endless bodies that were taken from it. */
  readonly bytesPoured: number;
  /** What befalls each query from now on; null is none. */
  use(faultOf: (query: ProxiedQuery) => Fault | null): void;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

/**
 * Starts a proxy before the Prometheus at `target`, at first without a fault.
 *
 * @param now makes of Prometheus one of that time, in milliseconds since the epoch:
 *   its Date header says so, and what it holds of later is not there yet.
 */
export async function startFaultProxy(target: string, now?: () => number): Promise<FaultProxy> {
  const upstream = new Pool(target, { connections: 16 });
  const counts = { queries: 0, faults: 0, most: 0, poured: 0 };
  let faultOf: (query: ProxiedQuery) => Fault | null = () => null;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", target);
    const params = new URLSearchParams(request.method === "POST" ? await text(request) : url.search);
    const fault = faultOf({ index: counts.queries++, params });
    if (fault !== null) counts.faults++;
    const ask = (changed: URLSearchParams) => pass(upstream, url.pathname, changed, now?.());
    const pour = (bytes: number) => {
      counts.poured += bytes;
    };
    await answer(fault, { response, params, ask, pour });
  }

  const server = createServer((request, response) => {
    // A client that has gone, or a Prometheus that has, ends the exchange.
    handle(request, response).catch(() => response.destroy());
  });
  let open = 0;
  server.on("connection", (socket) => {
    counts.most = Math.max(counts.most, ++open);
    socket.once("close", () => open--);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    get queries() {
      return counts.queries;
    },
    get faults() {
      return counts.faults;
    },
    get connections() {
      return open;
    },
    get mostConnections() {
      return counts.most;
    },
    get bytesPoured() {
      return counts.poured;
    },
    use(next) {
      faultOf = next;
    },
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, upstream.destroy()]);
    },
  };
}

/** Prometheus' own answer. */
interface Upstream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Exchange {
  readonly response: ServerResponse;
  readonly params: URLSearchParams;
  /** Asks Prometheus. */
  readonly ask: (params: URLSearchParams) => Promise<Upstream>;
  readonly pour: (bytes: number) => void;
}

async function pass(
  upstream: Pool,
  path: string,
  params: URLSearchParams,
  now: number | undefined,
): Promise<Upstream> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answered = await upstream.request({ path, method: "POST", headers, body: params.toString() });
  const { "content-type": contentType, date } = answered.headers;
  const body = await buffer(answered.body);
  return {
    status: answered.statusCode,
    headers: {
      "content-type": String(contentType),
      date: now === undefined ? String(date) : new Date(now).toUTCString(),
    },
    body: now === undefined ? body : Buffer.from(shiftAnswer(body.toString("utf8"), 0, now)),
  };
}

async function answer(fault: Fault | null, exchange: Exchange): Promise<void> {
  const { response, params, ask } = exchange;
  switch (fault?.kind) {
    case undefined:
      return send(response, await ask(params));
    case "late":
      await waitOpen(response, fault.ms);
      return send(response, await ask(params));
    case "reset":
      return void response.socket?.resetAndDestroy();
    case "resetInBody":
    case "half": {
      const { headers, body } = await ask(params);
      response.writeHead(200, { ...headers, "content-length": body.length });
      return void response.write(half(body), () => {
        if (fault.kind === "half") response.socket?.end();
        else response.socket?.resetAndDestroy();
      });
    }
    case "truncated": {
      const whole = await ask(params);
      return send(response, { ...whole, body: half(whole.body) });
    }
    case "answer":
      return void response.writeHead(fault.status, fault.headers).end(fault.body);
    case "change": {
      const whole = await ask(params);
      return send(response, { ...whole, body: Buffer.from(fault.change(whole.body.toString("utf8"))) });
    }
    case "trickle":
      return await trickle(response, await ask(params), fault.everyMs);
    case "endless":
      return pourForever(exchange);
    case "gzip": {
      const { headers, body, status } = await ask(params);
      return send(response, {
        status,
        headers: { ...headers, "content-encoding": "gzip" },
        body: gzipSync(body),
      });
    }
    case "silent":
      return;
    case "clock":
      return await withClock(exchange, fault);
    default:
      return unreachable(fault);
  }
}

async function withClock(
  { response, params, ask }: Exchange,
  { aheadMs, date }: Extract<Fault, { kind: "clock" }>,
): Promise<void> {
  const { status, headers, body } = await ask(shiftParams(params, -aheadMs));
  const shown = Date.parse(headers["date"] ?? "") + (date === "right" ? 0 : aheadMs);
  send(response, {
    status,
    headers: { ...headers, date: new Date(shown).toUTCString() },
    body: Buffer.from(shiftAnswer(body.toString("utf8"), aheadMs)),
  });
}

function send(response: ServerResponse, { status, headers, body }: Upstream): void {
  response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
}

function half(body: Buffer): Buffer {
  return body.subarray(0, body.length / 2);
}

/** Ends early when the client goes. */
async function waitOpen(response: ServerResponse, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function trickle(response: ServerResponse, { headers, body }: Upstream, everyMs: number) {
  response.writeHead(200, { ...headers, "content-length": body.length });
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await waitOpen(response, everyMs);
  }
  response.end();
}

const chunk = Buffer.alloc(64 * 1024, " ");

function pourForever({ response, pour }: Exchange): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed) {
      pour(chunk.length);
      if (!response.write(chunk)) return void response.once("drain", more);
    }
  };
  more();
}
