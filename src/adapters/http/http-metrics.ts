import type { RequestHandler } from "express";
import { Histogram, type Registry } from "prom-client";

/**
 * Measures every request into `coalmine_http_request_duration_seconds`. Requests
 * are told apart by route, not by path: an id in a label would grow without bound.
 */
export function measureRequests(registry: Registry): RequestHandler {
  const duration = new Histogram({
    name: "coalmine_http_request_duration_seconds",
    help: "How long requests took, event streams included.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  });
  return (request, response, next) => {
    const observe = duration.startTimer();
    response.once("close", () => {
      const route: unknown = request.route?.path;
      const known = typeof route === "string" ? `${request.baseUrl}${route}` : "unmatched";
      observe({ method: methodLabel(request.method), route: known, status: String(response.statusCode) });
    });
    next();
  };
}

function methodLabel(method: string): string {
  return ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"].includes(method) ? method : "other";
}
