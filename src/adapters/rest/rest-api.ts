import { type RequestHandler, Router } from "express";
import type { Analyses } from "../../analysis/analyses.ts";
import type { Gates } from "../../analysis/gates/gates.ts";
import type { AuditStore } from "../../analysis/ports.ts";
import type { Access } from "../../base/access.ts";
import { analysesFor, requireCaller } from "../http/caller.ts";
import { drainingProblem } from "../http/problem.ts";
import { defaultBodyLimitBytes } from "../http/request-body.ts";
import { mountRoutes } from "../http/route.ts";
import { analysisRoutes } from "./analysis-routes.ts";
import { auditRoute } from "./audit-route.ts";
import { gateRoutes } from "./gate-routes.ts";
import { judgeRoute } from "./judge-route.ts";
import { openApiDocument } from "./openapi.ts";
import { type ApiRoute, guardedRoot } from "./operation.ts";
import { type SystemRouteOptions, systemRoutes } from "./system-routes.ts";

export interface RestApiOptions extends SystemRouteOptions {
  readonly analyses: Analyses;
  readonly gates: Gates;
  readonly audit: AuditStore;
  /** Who may ask; probes, /metrics and /openapi.json are anybody's. */
  readonly access: Access;
  /** The product's version, for /openapi.json. */
  readonly version: string;
  readonly bodyLimitBytes?: number;
  /** Between the comments that keep an event stream open; 15 s unless given. */
  readonly heartbeatMs?: number;
}

/** The REST API, to be mounted at the root. See README.md beside this file. */
export function createRestApi(options: RestApiOptions): Router {
  const {
    analyses,
    gates,
    audit,
    access,
    version,
    isDraining,
    bodyLimitBytes = defaultBodyLimitBytes,
    heartbeatMs = 15_000,
  } = options;
  const system = systemRoutes(options);
  const ofCaller = analysesFor(analyses, access);
  const work = [
    ...analysisRoutes({ analysesFor: ofCaller, bodyLimitBytes, heartbeatMs }),
    judgeRoute(ofCaller, bodyLimitBytes),
    ...gateRoutes({ gates, access, bodyLimitBytes }),
    auditRoute(audit),
  ];
  const document = openApiDocument([...work, ...system, documentRoute(() => "")], version, access.isOn);
  const text = JSON.stringify(document);

  const router = Router();
  router.use(mountRoutes([...system, documentRoute(() => text)]));
  router.use(guardedRoot, neverCached, requireCaller(access), refuseWhile(isDraining));
  router.use(mountRoutes(work));
  return router;
}

function documentRoute(text: () => string): ApiRoute {
  return {
    method: "get",
    path: "/openapi.json",
    describe: {
      summary: "This document",
      answers: { 200: { about: "OpenAPI 3.1.", type: "application/json" } },
      problems: [],
    },
    handle: (_request, response) => void response.type("application/json").send(text()),
  };
}

const neverCached: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};

function refuseWhile(isDraining: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (!isDraining()) {
      next();
      return;
    }
    throw drainingProblem();
  };
}
