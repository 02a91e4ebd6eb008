import { readJudgeRequest } from "../../../src/adapters/rest/read-judge-request.ts";
import { fitCounts, fitTicks } from "../../../src/analysis/given-ticks.ts";
import { judgeCounts } from "../../../src/analysis/run/judge-counts.ts";

/** Reads the body of a judge request and, where it holds counts, judges them as the server does. */
export function readGivenRequest(body: unknown): unknown {
  const request = readJudgeRequest(body);
  if (request.kind === "window") return request;
  const { spec, ticks } =
    request.kind === "counts"
      ? fitCounts(request.spec, request.counts)
      : fitTicks(request.spec, request.ticks);
  return judgeCounts({ id: "id", spec, startedAt: 0, ticks });
}
