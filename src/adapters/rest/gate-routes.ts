import {
  gateDocument,
  gateListSchema,
  gateSchema,
  gateWordSchema,
} from "../../analysis/gates/gate-documents.ts";
import { gateCanary, gateNamespace } from "../../analysis/gates/gate-fields.ts";
import type { Gates } from "../../analysis/gates/gates.ts";
import { requireRight } from "../../analysis/restricted-analyses.ts";
import { section } from "../../analysis/spec/section.ts";
import type { Access } from "../../base/access.ts";
import { callerOf } from "../http/caller.ts";
import { bodyOf, textBody } from "../http/request-body.ts";
import type { ApiRoute } from "./operation.ts";
import { readRequest } from "./request-schemas.ts";

const listSchema = section({ namespace: gateNamespace.optional(), canary: gateCanary.optional() });

export interface GateRouteOptions {
  readonly gates: Gates;
  readonly access: Access;
  readonly bodyLimitBytes: number;
}

/** Words on gates, and what was said. */
export function gateRoutes({ gates, access, bodyLimitBytes }: GateRouteOptions): ApiRoute[] {
  return [
    {
      method: "get",
      path: "/v1/gates",
      describe: {
        summary: "List the gates that somebody opened or closed, latest first",
        query: listSchema,
        answers: { 200: { about: "Those that match.", body: gateListSchema } },
        problems: [400],
      },
      async handle(request, response) {
        const { namespace, canary } = readRequest(listSchema, { ...request.query }, "the query");
        const filter = {
          ...(namespace === undefined ? {} : { namespace }),
          ...(canary === undefined ? {} : { canary }),
        };
        const caller = callerOf(request);
        const said = await gates.list(filter);
        response.json({ gates: said.filter((gate) => caller.mayRead(gate.namespace)).map(gateDocument) });
      },
    },
    {
      method: "post",
      path: "/v1/gates",
      before: textBody(bodyLimitBytes),
      describe: {
        summary: "Open or close a gate; what was said before of the same hook and revision is forgotten",
        body: gateWordSchema,
        answers: { 200: { about: "The gate as it stands now.", body: gateSchema } },
        problems: [400, 403, 413, 415, 503],
      },
      async handle(request, response) {
        const { state, by = "api", ...place } = readRequest(gateWordSchema, bodyOf(request), "the body");
        const caller = callerOf(request);
        requireRight(caller, "write", place.namespace);
        const word = { ...place, isOpen: state === "open", by: access.isOn ? caller.name : by };
        response.json(gateDocument(await gates.say(word, { caller: caller.name, door: "rest" })));
      },
    },
  ];
}
