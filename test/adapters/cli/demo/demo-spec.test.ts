import { expect, test } from "vitest";
import { demoSpecText } from "../../../../src/adapters/cli/demo/demo-spec.ts";
import { replay } from "../../../../src/analysis/run/replay.ts";
import { parseSpec } from "../../../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../../../src/analysis/spec/read-spec-text.ts";
import { sourceOf, syntheticService } from "../../../support/synthetic-service.ts";

const startedAt = Date.parse("2026-11-21T12:00:00Z");

/** The demo's verdict on a canary with this error rate, by simulated counters of its load. */
async function verdictOn(errorRate: number, seed: number): Promise<string | undefined> {
  const spec = parseSpec(readSpecText(demoSpecText("v2")));
  const cohort = { version: "v1", pods: 1, requestsPerSecond: 150, errorRate: 0.002, latency: 0.02 };
  const series = syntheticService({
    startedAt,
    seconds: spec.durationMs / 1_000 + 1,
    history: 4,
    scrapeSeconds: 1,
    seed,
    cohorts: [cohort, { ...cohort, version: "v2", errorRate }],
  }).map((one) => ({ ...one, labels: { ...one.labels, service: spec.service } }));
  let verdict: string | undefined;
  const { signal } = new AbortController();
  for await (const { result } of replay({ id: "a", spec, sources: [sourceOf(series)], startedAt, signal })) {
    verdict = `${result.verdict} ${result.reason.code}`;
  }
  return verdict;
}

test("the bad canary fails and the good one passes, whatever the chance", async () => {
  for (const seed of [1, 2, 3]) {
    expect(await verdictOn(0.04, seed)).toMatch(/^fail /);
    expect(await verdictOn(0.002, seed)).toBe("pass not-worse");
  }
});
