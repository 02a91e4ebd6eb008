import type { z } from "zod";
import { CoalmineError, isOwnFault } from "../../base/errors.ts";
import type { ApiRoute } from "./operation.ts";
import { healthSchema } from "./result-schemas.ts";

/** The server's own numbers, in the text that Prometheus scrapes; a registry of prom-client has this shape. */
export interface MetricsText {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface SystemRouteOptions {
  /** True from the moment the server is told to stop. */
  readonly isDraining: () => boolean;
  readonly metrics: MetricsText;
  /** @throws CoalmineError while nothing can be kept: no work should come then. */
  readonly checkStore: () => Promise<void>;
}

/** What probes and scrapers ask. `ready` is no as soon as the server drains or cannot keep anything, so that no new work is sent. */
export function systemRoutes({ isDraining, metrics, checkStore }: SystemRouteOptions): ApiRoute[] {
  const live = (path: string): ApiRoute => ({
    method: "get",
    path,
    describe: {
      summary: "Whether the process works",
      answers: { 200: { about: "It does.", body: healthSchema } },
      problems: [],
    },
    handle: (_request, response) => void response.json({ status: "ok" }),
  });
  const ready = (path: string): ApiRoute => ({
    method: "get",
    path,
    describe: {
      summary: "Whether it takes requests",
      answers: {
        200: { about: "It does.", body: healthSchema },
        503: { about: "It is being stopped, or its database is away or full: why.", body: healthSchema },
      },
      problems: [],
    },
    async handle(_request, response) {
      const health = await healthOf(isDraining, checkStore);
      response.status(health.status === "ok" ? 200 : 503).json(health);
    },
  });
  return [
    live("/healthz"),
    live("/health/live"),
    ready("/readyz"),
    ready("/health/ready"),
    {
      method: "get",
      path: "/metrics",
      describe: {
        summary: "The server's own metrics",
        answers: { 200: { about: "In Prometheus' text format.", type: "text/plain" } },
        problems: [],
      },
      async handle(_request, response) {
        response.set("Content-Type", metrics.contentType).send(await metrics.metrics());
      },
    },
  ];
}

async function healthOf(
  isDraining: () => boolean,
  checkStore: () => Promise<void>,
): Promise<z.input<typeof healthSchema>> {
  if (isDraining()) return { status: "draining" };
  try {
    await checkStore();
    return { status: "ok" };
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    const reason = isOwnFault(error.code)
      ? "a fault of the database; the server's log has it"
      : error.message;
    return { status: "unavailable", reason };
  }
}
