import type { Analyses } from "../../analysis/analyses.ts";
import type { JudgeRequest } from "../../analysis/judge.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { clientGone } from "../http/client-gone.ts";
import { bodyOf, textBody } from "../http/request-body.ts";
import type { ApiRoute } from "./operation.ts";
import { judgeSchema, publishedJudgeSchema } from "./request-schemas.ts";
import { resultSchema } from "./result-schemas.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";

/** A verdict at once, on a past window or on counts that the caller has; nothing is kept. */
export function judgeRoute(analyses: Analyses, bodyLimitBytes: number): ApiRoute {
  return {
    method: "post",
    path: "/v1/judge",
    before: textBody(bodyLimitBytes),
    describe: {
      summary: "Judge a past window, or given counts",
      body: publishedJudgeSchema,
      answers: { 200: { about: "The verdict.", body: resultSchema } },
      problems: [400, 413, 415, 422, 503],
    },
    async handle(request, response) {
      const gone = clientGone(response);
      response.json(await analyses.judge(readJudgeRequest(bodyOf(request)), gone));
    },
  };
}

/** @throws CoalmineError invalid-request or invalid-spec with every problem of the request and of its spec. */
export function readJudgeRequest(body: unknown): JudgeRequest {
  const read = judgeSchema.safeParse(body);
  const problems: Problem[] = read.success ? [] : zodProblems(read.error.issues);
  const input = read.data?.spec ?? specIn(body);
  throw new CoalmineError("invalid-request", "", { problems });
}
