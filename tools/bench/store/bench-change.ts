import type { Change } from "../../../src/analysis/analysis-record.ts";
import { replay } from "../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { sourceOf } from "../../../test/support/synthetic-service.ts";
import { fleetSeries, fleetStartedAt } from "../fleet.ts";

/** The last look at a running analysis of errors and latency by their defaults, on 50 pods. */
export async function benchChange(): Promise<Change> {
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
  let latest: Change | null = null;
  for await (const step of replay({ id: "bench", spec, sources, startedAt: fleetStartedAt, signal })) {
    const { state, result, look, nextAt } = step;
    if (nextAt === null) continue;
    const record = { id: "bench", key: null, spec, state, result, revision: 1 };
    latest = { record, look, next: { at: nextAt, dueAt: nextAt + 5_000, catchUpTo: 0 } };
  }
  if (latest === null) throw new Error("the run was to look while it runs");
  return latest;
}
