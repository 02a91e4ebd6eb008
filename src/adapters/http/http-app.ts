import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { Logger } from "../../base/logger.ts";
import { answerProblems, notFound } from "./problem-handler.ts";

export interface HttpAppOptions {
  /** In order; the first that answers wins. */
  readonly handlers: readonly RequestHandler[];
  readonly logger: Logger;
}

/**
 * TLS is ended in front of the server, if at all: whether a domain is to be had
 * by https only, its subdomains too, is not ours to say.
 */
const headers = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { "upgrade-insecure-requests": null } },
} as const;

/** What every adapter that speaks HTTP is mounted on: safe headers before, problem documents after. */
export function createHttpApp({ handlers, logger }: HttpAppOptions): Express {
  const app = express();
  // Query parameters are flat: no route takes nested ones.
  app.set("query parser", "simple");
  app.set("etag", false);
  app.disable("x-powered-by");
  app.use(helmet(headers));
  for (const handler of handlers) app.use(handler);
  app.use(notFound);
  app.use(answerProblems(logger));
  return app;
}
