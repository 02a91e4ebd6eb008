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
}

/** What probes and scrapers ask. `ready` is no as soon as the server drains, so that no new work is sent. */
export function systemRoutes({ isDraining, metrics }: SystemRouteOptions): ApiRoute[] {
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
        503: { about: "It is being stopped.", body: healthSchema },
      },
      problems: [],
    },
    handle(_request, response) {
      const draining = isDraining();
      response.status(draining ? 503 : 200).json({ status: draining ? "draining" : "ok" });
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
