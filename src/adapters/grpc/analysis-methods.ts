import { analysisKey } from "../../analysis/analysis-key.ts";
import type { CallerAnalyses } from "../../analysis/restricted-analyses.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { AnalysisService, StartResponse, WatchResponse } from "./messages.ts";
import { readJudgeRequest } from "./read-judge-request.ts";
import { readListRequest } from "./read-list-request.ts";
import { readSpec } from "./read-spec.ts";
import { refusedRequest } from "./refused-request.ts";
import { writeAnalysis } from "./write-analysis.ts";

/** Who calls, and whether they still wait. */
export interface CallContext {
  /** What the caller may ask of. */
  readonly analyses: CallerAnalyses;
  /** Aborted when the call was cancelled, its deadline has passed, or its client is gone. */
  readonly gone: AbortSignal;
}

/** AnalysisService as functions of its messages: translation, and nothing decided. @throws CoalmineError as the use cases do. */
export type AnalysisHandlers = {
  readonly [Name in keyof AnalysisService]: (
    request: AnalysisService[Name]["request"],
    context: CallContext,
  ) => AnalysisService[Name]["streams"] extends true
    ? AsyncIterable<AnalysisService[Name]["response"]>
    : Promise<AnalysisService[Name]["response"]>;
};

export const analysisHandlers: AnalysisHandlers = {
  async Start({ key, ...form }, { analyses }): Promise<StartResponse> {
    if (key == null) {
      const { result } = await analyses.start(readSpec(form));
      return { analysis: writeAnalysis(result), created: true };
    }
    if (!analysisKey.pattern.test(key)) throw refusedRequest([{ path: "key", message: analysisKey.wanted }]);
    const { record, created } = await analyses.put(key, readSpec(form));
    return { analysis: writeAnalysis(record.result), created };
  },
  async Get({ id }, { analyses }) {
    const { result } = await analyses.get(idOf(id));
    return { analysis: writeAnalysis(result) };
  },
  async List(request, { analyses }) {
    const records = await analyses.list(readListRequest(request));
    return { analyses: records.map(({ result }) => writeAnalysis(result)) };
  },
  async Cancel({ id }, { analyses }) {
    const { result } = await analyses.cancel(idOf(id));
    return { analysis: writeAnalysis(result) };
  },
  Watch: ({ id }, context) => watch(id, context),
  async Judge(request, { analyses, gone }) {
    return { analysis: writeAnalysis(await analyses.judge(readJudgeRequest(request), gone)) };
  },
};

async function* watch(id: string, { analyses, gone }: CallContext): AsyncGenerator<WatchResponse> {
  let hasEnded = false;
  for await (const result of analyses.watch(idOf(id), gone)) {
    yield { analysis: writeAnalysis(result) };
    hasEnded = result.phase !== "running";
  }
  // A stream that ended as OK without a verdict would be taken for one that has said everything.
  if (!hasEnded && !gone.aborted) {
    throw new CoalmineError("source-unavailable", "the stream ended before the verdict; watch again");
  }
}

/** Ids are of our making, and keys no longer than {@link analysisKey} says. */
const longestId = 200;

function idOf(id: string): string {
  if (id.length >= 1 && id.length <= longestId) return id;
  const met = id === "" ? "is missing" : `is ${id.length} characters long`;
  throw refusedRequest([
    { path: "id", message: `${met}; expected an analysis' id or key, at most ${longestId}` },
  ]);
}
