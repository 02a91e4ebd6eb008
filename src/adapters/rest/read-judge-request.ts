import type { JudgeRequest } from "../../analysis/judge.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import { judgeSchema, refused } from "./request-schemas.ts";

/**
 * Reads the body of `POST /v1/judge`.
 *
 * @throws CoalmineError with every problem of the request and of the spec in it:
 *   invalid-spec where only the spec is wrong, else invalid-request.
 */
export function readJudgeRequest(body: unknown): JudgeRequest {
  const request = safeParse(judgeSchema, body);
  const spec = readSpecIn(body);
  if (!request.success) {
    throw refused("invalid-request", "the body", [...zodProblems(request.error.issues), ...spec.problems]);
  }
  if (spec.value === null) throw refused("invalid-spec", "the body", spec.problems);

  const { from, to, counts, ticks } = request.data;
  if (counts !== undefined) return { kind: "counts", spec: spec.value, counts };
  if (ticks !== undefined) return { kind: "ticks", spec: spec.value, ticks };
  return {
    kind: "window",
    spec: spec.value,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

interface ReadSpec {
  readonly value: AnalysisSpec | null;
  readonly problems: readonly Problem[];
}

/** The spec, or its problems with their path in the body. A body without one is judgeSchema's to refuse. */
function readSpecIn(body: unknown): ReadSpec {
  if (typeof body !== "object" || body === null || !("spec" in body)) return { value: null, problems: [] };
  try {
    return { value: parseSpec(body.spec), problems: [] };
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code !== "invalid-spec") throw error;
    if (error.problems.length === 0)
      return { value: null, problems: [{ path: "spec", message: error.message }] };
    const problems = error.problems.map(({ path, message }) => ({
      path: path === "" ? "spec" : `spec.${path}`,
      message,
    }));
    return { value: null, problems };
  }
}
