import * as z from "zod";
import { auditEntryDocument, auditPageSchema } from "../../analysis/audit/audit-documents.ts";
import { listAudit } from "../../analysis/audit/list-audit.ts";
import type { AuditStore } from "../../analysis/ports.ts";
import { section } from "../../analysis/spec/section.ts";
import { callerOf } from "../http/caller.ts";
import type { ApiRoute } from "./operation.ts";
import { readRequest, wholeNumber } from "./request-schemas.ts";

const auditQuerySchema = section({
  namespace: z.string().max(253).optional(),
  limit: wholeNumber(1, 1_000).default(100).meta({ description: "At most so many." }),
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: "Entries of lower ids than this: the `next` of the page before." }),
});

/** Who changed what, in the namespaces that the caller may read. */
export function auditRoute(audit: AuditStore): ApiRoute {
  return {
    method: "get",
    path: "/v1/audit",
    describe: {
      summary: "List who started and cancelled analyses and opened and closed gates, newest first",
      query: auditQuerySchema,
      answers: {
        200: { about: "A page; it may hold fewer than asked for and lead on.", body: auditPageSchema },
      },
      problems: [400],
    },
    async handle(request, response) {
      const { namespace, before, limit } = readRequest(auditQuerySchema, { ...request.query }, "the query");
      const { entries, next } = await listAudit(audit, callerOf(request), {
        ...(namespace === undefined ? {} : { namespace }),
        ...(before === undefined ? {} : { before }),
        limit,
      });
      response.json({ entries: entries.map(auditEntryDocument), next });
    },
  };
}
