import type { AnalysisRecord } from "../../../src/analysis/analysis-record.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { sourceOf } from "../../../test/support/synthetic-service.ts";
import { fleetSeries, fleetStartedAt } from "../fleet.ts";

/** A running analysis of errors and latency by their defaults, on 50 pods, in its last minute; its only look is the latest. */
export async function benchRecord(): Promise<AnalysisRecord> {
  const minutes = 10;
  const spec = parseSpec({
    service: "checkout",
    namespace: "shop",
    telemetry: "http",
    cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
    duration: `${minutes}m`,
  });
  const sources = [sourceOf(fleetSeries({ podsACohort: 25, minutes, requestsAPodASecond: 1 }))];
  const { signal } = new AbortController();
  let latest: AnalysisRecord | null = null;
  for await (const step of replay({ id: "bench", spec, sources, startedAt: fleetStartedAt, signal })) {
    const { state, result, look } = step;
    if (result.phase === "running") latest = { id: "bench", key: null, spec, state, result, looks: [look] };
  }
  if (latest === null) throw new Error("the run was to look while it runs");
  return latest;
}
