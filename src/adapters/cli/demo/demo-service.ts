/** A real HTTP service that fails and dawdles as told, for the demonstration to judge. */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Counter, Histogram, Registry } from "prom-client";

/** How a service behaves; may be changed while it runs. */
export interface DemoBehaviour {
  /** Share of requests answered 500, 0 to 1. */
  readonly errorRate: number;
  /** Log-normal: half the requests take longer than the median; `sigma` is the logarithm's standard deviation, 0 for no spread. */
  readonly latencyMs: { readonly median: number; readonly sigma: number };
}

export interface DemoServiceOptions extends DemoBehaviour {
  /** The values of its metrics' labels `service` and `version`. */
  readonly name: string;
  readonly version: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface DemoService {
  /** Where it serves, for instance `http://127.0.0.1:43117/`. */
  readonly url: string;
  readonly metricsUrl: string;
  set(behaviour: Partial<DemoBehaviour>): void;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

/** No request takes longer, however heavy the tail: a demonstration must end. */
const maxLatencyMs = 10_000;

/**
 * Serves `/` with 200 or 500 after a drawn latency, and `/metrics` with
 * `http_requests_total{service,version,status}` and
 * `http_request_duration_seconds{service,version}`, on a free port of 127.0.0.1.
 * The counters begin at 0 for both statuses. The durations are measured, not the
 * ones drawn.
 */
export async function startDemoService(options: DemoServiceOptions): Promise<DemoService> {
  let behaviour: DemoBehaviour = options;
  const metrics = createMetrics(options.name, options.version);
  const closing = new AbortController();

  const serve = async (response: ServerResponse) => {
    const startedAt = performance.now();
    const status = options.random() < behaviour.errorRate ? 500 : 200;
    await sleep(drawLatency(behaviour.latencyMs, options.random), undefined, { signal: closing.signal });
    metrics.count(status, (performance.now() - startedAt) / 1_000);
    response.writeHead(status, { "content-type": "text/plain" }).end(`${options.version}\n`);
  };
  const server = createServer((request, response) => {
    const answer = request.url === "/metrics" ? metrics.write(response) : serve(response);
    answer.catch(() => response.destroy());
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(0, "127.0.0.1", resolve);
  await listening;

  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
    set(change) {
      behaviour = { ...behaviour, ...change };
    },
    async close() {
      closing.abort();
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}

function createMetrics(service: string, version: string) {
  const registry = new Registry();
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames: ["service", "version", "status"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long requests took.",
    labelNames: ["service", "version"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  for (const status of ["200", "500"]) requests.inc({ service, version, status }, 0);
  duration.zero({ service, version });
  return {
    count(status: number, seconds: number) {
      requests.inc({ service, version, status: String(status) });
      duration.observe({ service, version }, seconds);
    },
    async write(response: ServerResponse) {
      response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
    },
  };
}

/** Box and Muller's normal deviate, exponentiated. */
function drawLatency({ median, sigma }: DemoBehaviour["latencyMs"], random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(maxLatencyMs, median * Math.exp(sigma * normal));
}
