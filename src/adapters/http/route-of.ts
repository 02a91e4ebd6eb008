import type { IncomingMessage } from "node:http";

/**
 * The route that answered a request, for labels and names: `/v1/analyses/:id`,
 * never a path, for an id in a label would grow without bound. `unmatched` if
 * there is none.
 *
 * @param fixed the paths that are answered without express.
 */
export function routeOf(request: IncomingMessage, fixed: ReadonlySet<string>): string {
  const routed = expressRoute(request);
  if (routed !== null) return routed;
  const path = pathOf(request);
  return fixed.has(path) ? path : "unmatched";
}

/** The address without its query, which may hold a secret. */
export function pathOf({ url = "" }: IncomingMessage): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** Express writes the route that matched into the request. */
function expressRoute(request: IncomingMessage & { baseUrl?: unknown; route?: unknown }): string | null {
  const { baseUrl, route } = request;
  if (typeof route !== "object" || route === null || !("path" in route)) return null;
  return typeof route.path === "string" ? `${typeof baseUrl === "string" ? baseUrl : ""}${route.path}` : null;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]);

/** The method; `_OTHER`, as OpenTelemetry says it, for one that HTTP does not know. */
export function methodOf({ method = "" }: IncomingMessage): string {
  return methods.has(method) ? method : "_OTHER";
}
