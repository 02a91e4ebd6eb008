/** A small real HTTP service with Prometheus metrics, as a pod has, for tests of whatever scrapes it. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { Counter, Histogram, Registry } from "prom-client";

/** What the pod answers in place of its own metrics. */
export interface FixedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface MetricsPod {
  /** For instance `http://127.0.0.1:43117`. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Its own metrics; add to them at will. */
  readonly registry: Registry;
  /** How often `/metrics` was asked. */
  readonly scrapes: number;
  /** The headers it was last asked with. */
  readonly lastHeaders: Readonly<Record<string, string | string[] | undefined>>;
  /** Counts requests as a service that answered them would have. */
  count(requests: number, outcome: { readonly status: string; readonly seconds: number }): void;
  /** From now on `/metrics` answers this, hangs, or answers the pod's own metrics again. */
  answer(how: FixedAnswer | "hang" | "metrics"): void;
  close(): Promise<void>;
}

/** prom-client's types let a registry have one format for life; its code doesn't mind. */
const openMetrics = Registry.OPENMETRICS_CONTENT_TYPE as unknown as typeof Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Starts one on a free port of 127.0.0.1. Its metrics are
 * `http_requests_total{status}` and `http_request_duration_seconds`, each with
 * `labels` besides.
 */
export async function startMetricsPod(
  labels: Readonly<Record<string, string>> = {},
  format: "prometheus" | "openmetrics" = "prometheus",
): Promise<MetricsPod> {
  const registry = new Registry();
  if (format === "openmetrics") registry.setContentType(openMetrics);
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames: [...Object.keys(labels), "status"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long requests took.",
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  let how: FixedAnswer | "hang" | "metrics" = "metrics";
  let scrapes = 0;
  let lastHeaders: MetricsPod["lastHeaders"] = {};

  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    scrapes += 1;
    lastHeaders = request.headers;
    void writeAnswer(response, how, registry);
  });
  const url = await listen(server);
  return {
    url,
    metricsUrl: `${url}/metrics`,
    registry,
    get scrapes() {
      return scrapes;
    },
    get lastHeaders() {
      return lastHeaders;
    },
    count(count, { status, seconds }) {
      requests.inc({ ...labels, status }, count);
      for (let request = 0; request < count; request += 1) duration.observe(labels, seconds);
    },
    answer(next) {
      how = next;
    },
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function writeAnswer(
  response: ServerResponse,
  how: FixedAnswer | "hang" | "metrics",
  registry: Registry,
): Promise<void> {
  if (how === "hang") return;
  const answer =
    how === "metrics"
      ? { headers: { "content-type": registry.contentType }, body: await registry.metrics() }
      : how;
  const {
    status = 200,
    headers = { "content-type": "text/plain; version=0.0.4" },
    body,
  } = answer as FixedAnswer;
  response.writeHead(status, headers).end(body);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("no port");
  return `http://127.0.0.1:${address.port}`;
}
