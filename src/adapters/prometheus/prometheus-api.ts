import { type Request, Router } from "express";
import type { Analyses } from "../../analysis/analyses.ts";
import type { Access } from "../../base/access.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { analysesFor, requireCaller } from "../http/caller.ts";
import { drainingProblem } from "../http/problem.ts";
import { mountRoutes, type Route } from "../http/route.ts";
import { type Answer, evaluateInstant, evaluateRange } from "./evaluate.ts";
import { durationOf, formBody, type Parameters, parametersOf, queryOf, timeOf } from "./parameters.ts";
import { timeGrid } from "./past-values.ts";
import { answerErrors, unknownPath } from "./prometheus-errors.ts";
import { successOf } from "./write-answer.ts";

export interface PrometheusApiOptions {
  readonly analyses: Analyses;
  /** Who may ask what is under /prometheus, but for its probes. */
  readonly access: Access;
  readonly clock: Clock;
  /** The product's version, for those who ask what they talk to. */
  readonly version: string;
  readonly isDraining: () => boolean;
  readonly logger: Logger;
  /** How long a query may take, in milliseconds; 4.5 s unless given, as Flagger waits for 5. */
  readonly answerWithinMs?: number;
}

const root = "/prometheus";

type Evaluate = (parameters: Parameters, request: Request) => Promise<Answer>;

/** What Prometheus' clients ask of a server, under /prometheus; verdicts are its metrics. See README.md beside this file. */
export function createPrometheusApi(options: PrometheusApiOptions): Router {
  const { analyses, access, clock, version, isDraining, logger, answerWithinMs = 4_500 } = options;
  const ofCaller = analysesFor(analyses, access);

  const instant: Evaluate = (parameters, request) => {
    const time = timeOf(parameters, "time");
    return evaluateInstant(ofCaller(request), queryOf(parameters), time, clock.now());
  };

  const range: Evaluate = (parameters, request) => {
    const grid = timeGrid(
      required(timeOf(parameters, "start"), "start"),
      required(timeOf(parameters, "end"), "end"),
      required(durationOf(parameters, "step"), "step"),
    );
    return evaluateRange(ofCaller(request), queryOf(parameters), grid, clock.now());
  };

  const both = (path: string, evaluate: Evaluate): Route<null>[] =>
    (["get", "post"] as const).map((method) => ({
      method,
      path: `${root}${path}`,
      before: method === "post" ? formBody : [],
      describe: null,
      async handle(request, response) {
        if (isDraining()) throw drainingProblem();
        const parameters = parametersOf(request);
        const timeout = durationOf(parameters, "timeout") ?? answerWithinMs;
        const answer = within(() => evaluate(parameters, request), clock, Math.min(answerWithinMs, timeout));
        const { data, warnings } = await answer;
        response.set("Cache-Control", "no-store").json(successOf(data, warnings));
      },
    }));

  const router = Router();
  router.use(mountRoutes(probes(isDraining)));
  router.use(root, requireCaller(access));
  router.use(
    mountRoutes([
      ...both("/api/v1/query", instant),
      ...both("/api/v1/query_range", range),
      buildInfo(version),
    ]),
  );
  router.use(root, unknownPath);
  router.use(root, answerErrors(logger));
  return router;
}

function probes(isDraining: () => boolean): Route<null>[] {
  const probe = (name: string, told: string, isUp: () => boolean): Route<null> => ({
    method: "get",
    path: `${root}/-/${name}`,
    describe: null,
    handle(_request, response) {
      response
        .status(isUp() ? 200 : 503)
        .type("text/plain")
        .send(isUp() ? told : "Coalmine is being stopped.\n");
    },
  });
  return [
    probe("healthy", "Coalmine is Healthy.\n", () => true),
    probe("ready", "Coalmine is Ready.\n", () => !isDraining()),
  ];
}

function buildInfo(version: string): Route<null> {
  const unknown = { revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" };
  return {
    method: "get",
    path: `${root}/api/v1/status/buildinfo`,
    describe: null,
    handle: (_request, response) =>
      void response.json({ status: "success", data: { application: "Coalmine", version, ...unknown } }),
  };
}

function required(value: number | null, name: string): number {
  if (value === null) throw new CoalmineError("invalid-request", `the parameter ${name} is missing`);
  return value;
}

/** What is late goes on by itself: an analysis that is being started is there when it is asked for again. */
async function within<T>(work: () => Promise<T>, clock: Clock, atMostMs: number): Promise<T> {
  const waiting = new AbortController();
  const late = clock.until(clock.now() + atMostMs, waiting.signal).then((): never => {
    throw new CoalmineError("source-unavailable", `no answer within ${atMostMs} ms; ask again`);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    late.catch(() => undefined);
    waiting.abort();
  }
}
