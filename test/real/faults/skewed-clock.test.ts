/** A real Prometheus whose clock is off, alone and behind a load balancer whose clock is right. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { type RunningPrometheus, startPrometheus } from "../../servers/start-prometheus.ts";
import type { Fault } from "../../support/fault-proxy.ts";
import { baseline, blocksOf, canary, pastService } from "../past-services.ts";
import { countsBySecond, expectedCounts } from "./counts-of.ts";
import { type Disturbed, type DisturbedRun, during, runDisturbed } from "./disturbed-run.ts";

/** `bad` has run well for longer than any clock is off, and turns bad when its analysis begins: its past would pass. */
const errorRates = { good: () => 0.005, bad: (second: number) => (second < 0 ? 0.005 : 0.1) };
type Service = keyof typeof errorRates;
const services = Object.keys(errorRates) as Service[];

let prometheus: RunningPrometheus;
const verdicts = { good: "pass", bad: "fail" } as const;

beforeAll(async () => {
  const series = services.flatMap((service) =>
    pastService(service, [baseline, canary({ errorRate: errorRates[service] })], { history: 4_500 }),
  );
  prometheus = await startPrometheus({ blocksFrom: blocksOf(series) });
});

afterAll(() => prometheus.stop());

it.for(services)("an analysis by clocks that agree judges: %s", async (service, { expect }) => {
  const { last } = await judged(service, {});
  expect(last).toMatchObject({ verdict: verdicts[service], warnings: [] });
});

describe.concurrent.each(services)("an analysis of a canary that is %s", (service) => {
  it.for([
    [10, "10s ahead of"],
    [-10, "10s behind"],
  ] as const)(
    "is judged by a clock that is off by %i s, with a word of it",
    async ([off, words], { expect }) => {
      const { last } = await judged(service, alwaysOff(off, "shifted"));
      expect(last.verdict).toBe(verdicts[service]);
      const text = `default: its clock is about ${words} this machine's; counts are of a time shifted by as much`;
      expect(last.warnings).toEqual([expect.objectContaining({ text })]);
    },
  );

  it.for([
    [120, "2m ahead of"],
    [-120, "2m behind"],
    [3_600, "1h ahead of"],
    [-3_600, "1h behind"],
  ] as const)("is not judged by a clock that is off by %i s", async ([off, words], { expect }) => {
    const { last, url } = await judged(service, alwaysOff(off, "shifted"));
    expect(last).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
    expect(last.reason.text).toContain(`no usable answer from ${url}/api/v1/query`);
    expect(last.reason.text).toContain(`its clock is about ${words} this machine's, over the limit of 30s`);
  });

  it.for([120, 3_600])(
    "is not judged by a clock that is %i s ahead behind a load balancer with a right one",
    async (off, { expect }) => {
      const { last } = await judged(service, alwaysOff(off, "right"));
      expect(last).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
      expect(last.reason.text).toMatch(
        /samples stamped \d.* ahead of this machine's clock, over the limit of 30s/,
      );
    },
  );

  /** What is stamped too early is late, and counted all the same; by an hour, it is never seen. */
  it.for([
    [10, verdicts[service]],
    [-10, verdicts[service]],
    [-120, verdicts[service]],
    [-3_600, "inconclusive"],
  ] as const)(
    "is judged rightly or not at all by a clock that is off by %i s behind a load balancer with a right one",
    async ([off, verdict], { expect }) => {
      expect((await judged(service, alwaysOff(off, "right"))).last.verdict).toBe(verdict);
    },
  );

  it("loses and doubles nothing when the clock is wrong for a while and then set", async ({ expect }) => {
    const [whole, run] = await Promise.all([
      judged(service, {}),
      judged(service, { faultAt: during(clock(3_600, "shifted"), [60, 120]) }),
    ]);
    expect(run.last.verdict).toBe(whole.last.verdict);
    const counts = countsBySecond(run);
    expect([...counts.values()].length).toBeGreaterThan(2);
    expect(counts).toEqual(expectedCounts(whole, run));
  });
});

function clock(off: number, date: "shifted" | "right"): Fault {
  return { kind: "clock", aheadMs: off * 1_000, date };
}

function alwaysOff(off: number, date: "shifted" | "right"): Partial<DisturbedRun> {
  return { faultAt: () => clock(off, date) };
}

async function judged(service: Service, run: Partial<DisturbedRun>): Promise<Disturbed> {
  return await runDisturbed(prometheus.url, service, { faultAt: () => null, isThen: true, ...run });
}
