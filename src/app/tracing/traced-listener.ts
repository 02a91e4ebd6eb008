import type { IncomingMessage, RequestListener } from "node:http";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { methodOf, pathOf, routeOf } from "../../adapters/http/route-of.ts";
import type { Ambient } from "./ambient.ts";
import type { Tracing } from "./tracing.ts";

/** What probes and scrapers ask every few seconds would bury the rest. */
const untraced = new Set(["/healthz", "/health/live", "/readyz", "/health/ready", "/metrics"]);

/**
 * The same listener: a span a request, from its arrival until its answer is out.
 * It goes on the trace of the request's `traceparent`, and has the path without
 * the query, which may hold a secret.
 *
 * @param fixed as {@link routeOf} takes them.
 */
export function tracedListener(
  listener: RequestListener,
  fixed: ReadonlySet<string>,
  tracing: Tracing,
  ambient: Ambient,
): RequestListener {
  if (!tracing.isOn) return listener;
  return (request, response) => {
    const path = pathOf(request);
    if (untraced.has(path)) {
      listener(request, response);
      return;
    }
    const method = methodOf(request);
    const attributes = { "http.request.method": method, "url.path": path, "url.scheme": "http" };
    tracing.begin({ name: method, kind: SpanKind.SERVER, attributes, from: request.headers }, (span) => {
      response.once("close", () => {
        const route = routeOf(request, fixed);
        const status = response.statusCode;
        if (route !== "unmatched") span.updateName(`${method} ${route}`).setAttribute("http.route", route);
        if (response.headersSent) span.setAttribute("http.response.status_code", status);
        if (status >= 500)
          span.setAttribute("error.type", String(status)).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      keepContext(request, ambient);
      listener(request, response);
    });
  };
}

/** The parser tells of a body in a context of its own: without this, who reads it would be outside of the trace. */
function keepContext(request: IncomingMessage, ambient: Ambient): void {
  const { context } = ambient;
  const emit = request.emit.bind(request);
  request.emit = (...event: Parameters<typeof emit>) => ambient.within(context, () => emit(...event));
}
