import { readJudgeRequest } from "../../../src/adapters/rest/read-judge-request.ts";
import { fitCounts, fitTicks } from "../../../src/analysis/given-ticks.ts";
import type { JudgeRequest } from "../../../src/analysis/judge.ts";
import type { AnalysisResult } from "../../../src/analysis/result.ts";
import { judgeCounts } from "../../../src/analysis/run/judge-counts.ts";

/** Reads the body of a judge request and, where it holds counts, judges them as the server does. */
export function readGivenRequest(body: unknown): unknown {
  const request = readJudgeRequest(body);
  return judgeGiven(request) ?? request;
}

/** The verdict on counts; null for a window, which takes a source. */
export function judgeGiven(request: JudgeRequest): AnalysisResult | null {
  if (request.kind === "window") return null;
  const { spec, ticks } =
    request.kind === "counts"
      ? fitCounts(request.spec, request.counts)
      : fitTicks(request.spec, request.ticks);
  return judgeCounts({ id: "id", spec, startedAt: 0, ticks });
}
