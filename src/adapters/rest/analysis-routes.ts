import type { Request, Response } from "express";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { ListFilter } from "../../analysis/ports.ts";
import type { AnalysisResult } from "../../analysis/result.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { specSchema } from "../../analysis/spec/spec-schema.ts";
import type { AnalysesFor } from "../http/caller.ts";
import { clientGone } from "../http/client-gone.ts";
import { type ServerSentEvent, sendEvents } from "../http/event-stream.ts";
import { bodyOf, textBody } from "../http/request-body.ts";
import type { ApiRoute } from "./operation.ts";
import { pathTo, published } from "./published.ts";
import { keySchema, listSchema, readRequest } from "./request-schemas.ts";
import { looksSchema, resultListSchema, resultSchema } from "./result-schemas.ts";

export interface AnalysisRouteOptions {
  readonly analysesFor: AnalysesFor;
  readonly bodyLimitBytes: number;
  readonly heartbeatMs: number;
}

const id = { id: "The analysis' id, or its key." };

/** The life of analyses: start, ask, watch, cancel. */
export function analysisRoutes({
  analysesFor,
  bodyLimitBytes,
  heartbeatMs,
}: AnalysisRouteOptions): ApiRoute[] {
  const before = textBody(bodyLimitBytes);
  return [
    {
      method: "post",
      path: "/v1/analyses",
      before,
      describe: {
        summary: "Start an analysis",
        body: specSchema,
        answers: { 202: { about: "It runs.", body: resultSchema } },
        problems: [400, 403, 413, 415, 503],
      },
      async handle(request, response) {
        const record = await analysesFor(request).start(parseSpec(bodyOf(request)));
        response.status(202).location(pathTo(record.id));
        answer(response, record);
      },
    },
    {
      method: "put",
      path: "/v1/analyses/{id}",
      before,
      describe: {
        summary: "Start the analysis of a key, or answer the one there is",
        parameters: { id: "Your own name for it: letters, digits and . _ : @ ~ / + -, at most 200." },
        body: specSchema,
        answers: {
          200: { about: "It was there already, for the same spec.", body: resultSchema },
          201: { about: "It was started.", body: resultSchema },
        },
        problems: [400, 403, 409, 413, 415, 503],
      },
      async handle(request, response) {
        const key = readRequest(keySchema, request.params["id"], "the key");
        const { record, created } = await analysesFor(request).put(key, parseSpec(bodyOf(request)));
        response.status(created ? 201 : 200).location(pathTo(record.id));
        answer(response, record);
      },
    },
    {
      method: "get",
      path: "/v1/analyses",
      describe: {
        summary: "List analyses, newest first",
        query: listSchema,
        answers: { 200: { about: "Those that match.", body: resultListSchema } },
        problems: [400],
      },
      async handle(request, response) {
        const filter = readRequest(listSchema, { ...request.query }, "the query");
        const records = await analysesFor(request).list(withoutAbsent(filter));
        response.json({ analyses: records.map(({ result }) => published(result)) });
      },
    },
    {
      method: "get",
      path: "/v1/analyses/{id}",
      describe: {
        summary: "Ask what is known of an analysis",
        parameters: id,
        answers: { 200: { about: "What is known now.", body: resultSchema } },
        problems: [403, 404],
      },
      async handle(request, response) {
        answer(response, await analysesFor(request).get(idOf(request)));
      },
    },
    {
      method: "post",
      path: "/v1/analyses/{id}/cancel",
      describe: {
        summary: "End an analysis without a verdict; one that has ended stays as it is",
        parameters: id,
        answers: { 200: { about: "It has ended.", body: resultSchema } },
        problems: [403, 404],
      },
      async handle(request, response) {
        answer(response, await analysesFor(request).cancel(idOf(request)));
      },
    },
    {
      method: "get",
      path: "/v1/analyses/{id}/looks",
      describe: {
        summary: "The evidence at every look so far",
        parameters: id,
        answers: { 200: { about: "Oldest first.", body: looksSchema } },
        problems: [403, 404],
      },
      async handle(request, response) {
        response.json({ looks: await analysesFor(request).looks(idOf(request)) });
      },
    },
    {
      method: "get",
      path: "/v1/analyses/{id}/events",
      describe: {
        summary: "Watch an analysis: an event `look` after each look, `verdict` at the end",
        parameters: id,
        answers: { 200: { about: "Server-sent events; their data is the analysis." } },
        problems: [403, 404],
      },
      async handle(request, response) {
        const gone = clientGone(response);
        const analyses = analysesFor(request);
        const { id: known } = (await analyses.get(idOf(request))).result;
        await sendEvents(response, eventsOf(analyses.watch(known, gone)), { heartbeatMs, gone });
      },
    },
  ];
}

async function* eventsOf(results: AsyncIterable<AnalysisResult>): AsyncGenerator<ServerSentEvent> {
  for await (const result of results) {
    yield { event: result.phase === "running" ? "look" : "verdict", data: published(result) };
  }
}

function idOf(request: Request): string {
  return String(request.params["id"]);
}

function answer(response: Response, { result }: AnalysisRecord): void {
  response.json(published(result));
}

/** The port tells an absent filter from one that is undefined. */
function withoutAbsent(
  filter: { [Key in keyof ListFilter]: ListFilter[Key] | undefined } & { limit: number },
): ListFilter {
  const { service, namespace, phase, limit } = filter;
  return {
    ...(service === undefined ? {} : { service }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(phase === undefined ? {} : { phase }),
    limit,
  };
}
