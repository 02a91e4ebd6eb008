import type { RequestListener } from "node:http";
import { Histogram, type Registry } from "prom-client";
import { methodOf, routeOf } from "./route-of.ts";

/**
 * Measures every request that a listener answers into
 * `coalmine_http_request_duration_seconds`, by route; with express or without.
 *
 * The status is `none` where the client left before there was one.
 *
 * @param fixed the paths that the listener answers without express.
 */
export function measuredListener(
  registry: Registry,
  fixed: ReadonlySet<string>,
  listener: RequestListener,
): RequestListener {
  const duration = new Histogram({
    name: "coalmine_http_request_duration_seconds",
    help: "How long requests took, event streams included.",
    labelNames: ["method", "route", "status"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  });
  return (request, response) => {
    const begun = performance.now();
    response.once("close", () => {
      const status = response.headersSent ? String(response.statusCode) : "none";
      const labels = [methodOf(request), routeOf(request, fixed), status];
      duration.labels(...labels).observe((performance.now() - begun) / 1_000);
    });
    listener(request, response);
  };
}
