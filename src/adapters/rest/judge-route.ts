import type { AnalysesFor } from "../http/caller.ts";
import { clientGone } from "../http/client-gone.ts";
import { bodyOf, textBody } from "../http/request-body.ts";
import type { ApiRoute } from "./operation.ts";
import { readJudgeRequest } from "./read-judge-request.ts";
import { publishedJudgeSchema } from "./request-schemas.ts";
import { resultSchema } from "./result-schemas.ts";

/** A verdict at once, on a past window or on counts that the caller has; nothing is kept. */
export function judgeRoute(analysesFor: AnalysesFor, bodyLimitBytes: number): ApiRoute {
  return {
    method: "post",
    path: "/v1/judge",
    before: textBody(bodyLimitBytes),
    describe: {
      summary: "Judge a past window, or given counts",
      body: publishedJudgeSchema,
      answers: { 200: { about: "The verdict.", body: resultSchema } },
      problems: [400, 403, 413, 415, 422, 503],
    },
    async handle(request, response) {
      const gone = clientGone(response);
      response.json(await analysesFor(request).judge(readJudgeRequest(bodyOf(request)), gone));
    },
  };
}
