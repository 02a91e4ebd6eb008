/** Routes as data: what is mounted, what 405 answers and what /openapi.json lists cannot differ. */
import { type Request, type RequestHandler, type Response, Router } from "express";
import { HttpProblem } from "./problem.ts";

export type HttpMethod = "get" | "post" | "put";

export interface Route<Description> {
  readonly method: HttpMethod;
  /** With parameters as OpenAPI writes them: `/v1/analyses/{id}`. */
  readonly path: string;
  /** Run before `handle`, for instance to read a body. */
  readonly before?: readonly RequestHandler[];
  readonly describe: Description;
  handle(request: Request, response: Response): void | Promise<void>;
}

/** Mounts the routes; a method that a path does not have is answered 405 with those it has. */
export function mountRoutes(routes: readonly Route<unknown>[]): Router {
  const router = Router({ caseSensitive: true });
  const byPath = Map.groupBy(routes, ({ path }) => path);
  for (const [path, ofPath] of byPath) {
    const mounted = router.route(path.replaceAll(/\{(\w+)\}/g, ":$1"));
    for (const { method, before = [], handle } of ofPath) {
      mounted[method](...before, (request, response) => handle(request, response));
    }
    const allowed = ofPath.flatMap(({ method }) =>
      method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()],
    );
    mounted.all((request) => {
      const Allow = allowed.join(", ");
      throw new HttpProblem(405, `${path} knows ${Allow}, not ${request.method}`, { headers: { Allow } });
    });
  }
  return router;
}
