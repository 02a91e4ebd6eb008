/** Each fault between an analysis and a real Prometheus: at the start, in the middle, over the deadline, now and then, and for good. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { type RunningPrometheus, startPrometheus } from "../../servers/start-prometheus.ts";
import { seeded } from "../../support/seeded.ts";
import { baseline, blocksOf, canary, pastService } from "../past-services.ts";
import { countsBySecond, expectedCounts } from "./counts-of.ts";
import { type Disturbed, type DisturbedRun, during, runDisturbed } from "./disturbed-run.ts";
import { breakingFaults, changed, harmlessFaults } from "./faults.ts";

/** When the canary of each service, as good as its baseline until then, turns bad, in seconds. */
const turns = { good: Number.POSITIVE_INFINITY, turning: 300, "turning late": 390 } as const;
type Service = keyof typeof turns;

const start = [0, 60] as const;
const middle = [250, 400] as const;
const deadline = [570, 690] as const;

let prometheus: RunningPrometheus;
/** Without a fault: as the others are run, and on to the end whatever is found. */
const undisturbed = new Map<Service, { readonly judged: Disturbed; readonly counted: Disturbed }>();

beforeAll(async () => {
  const services = Object.keys(turns) as Service[];
  const series = services.flatMap((service) => {
    const errorRate = (second: number) => (second < turns[service] ? 0.005 : 0.15);
    return pastService(service, [baseline, canary({ errorRate })]);
  });
  prometheus = await startPrometheus({ blocksFrom: blocksOf(series) });
  for (const service of services) {
    const faultAt = () => null;
    undisturbed.set(service, {
      judged: await runDisturbed(prometheus.url, service, { faultAt }),
      counted: await runDisturbed(prometheus.url, service, { faultAt, spec: onlyCounted }),
    });
  }
});

/** Counts what the defaults count, and has nothing that could end it early. */
const onlyCounted = {
  metrics: [
    { name: "errors", kind: "errors", gate: false },
    { name: "latency", kind: "latency", gate: false },
    { name: "never", kind: "condition", query: "http_requests_total < 0", for: "5m" },
  ],
};

afterAll(() => prometheus.stop());

it("has runs to hold the others against", ({ expect }) => {
  const verdicts = Array.from(undisturbed, ([service, { judged }]) => [service, judged.last.verdict]);
  expect(Object.fromEntries(verdicts)).toEqual({ good: "pass", turning: "fail", "turning late": "fail" });
});

describe.concurrent.each(breakingFaults)(
  "an analysis that meets $name",
  ({ fault, words, settings = {} }) => {
    it.for(["good", "turning"] as const)(
      "for a while judges a canary as without it, and counts no request twice or not at all: %s",
      async (service, { expect }) => {
        const { run, judged, counted } = await disturbed(service, {
          faultAt: during(fault, start, middle, deadline),
          settings,
        });
        expect(run.looks.some(({ isSeen }) => !isSeen)).toBe(true);
        expect(run.last).toMatchObject({ verdict: judged.last.verdict, phase: "done" });
        expect(countsBySecond(run)).toEqual(expectedCounts(counted, run));
      },
    );

    it("when the canary turns bad does not pass it, though the deadline is over when its samples are had", async ({
      expect,
    }) => {
      const { run, counted } = await disturbed("turning late", {
        faultAt: during(fault, [450, 690]),
        settings,
      });
      expect(["fail", "inconclusive"]).toContain(run.last.verdict);
      expect(run.looks.at(-1)?.second).toBeGreaterThan(600);
      expect(countsBySecond(run)).toEqual(expectedCounts(counted, run));
    });

    it("for good ends inconclusive, and says which source is away and how", async ({ expect }) => {
      const { run } = await disturbed("turning", {
        faultAt: during(fault, [200, Number.POSITIVE_INFINITY]),
        settings,
        spec: { sourceTimeout: "2m" },
      });
      expect(run.last).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
      expect(run.last.reason.text).toContain(
        `no answer from the metrics source for 2m: no usable answer from ${run.url}/api/v1/query in 1 try`,
      );
      expect(run.last.reason.text).toMatch(words);
      expect(run.last.reason.text).not.toMatch(/[\n<]/);
    });
  },
);

describe.concurrent.each(harmlessFaults)("an analysis that meets $name", ({ fault }) => {
  it.for(["good", "turning"] as const)("comes out the same bit for bit: %s", async (service, { expect }) => {
    const { run, judged } = await disturbed(service, { faultAt: () => fault });
    expect(run.faults).toBeGreaterThan(50);
    expect(run.looks).toEqual(judged.looks);
  });
});

describe.concurrent("an analysis that meets answers without any series", () => {
  const fault = changed(({ data, ...rest }) => ({ ...rest, data: { ...data, result: [] } }));

  it.for(["good", "turning"] as const)(
    "for a while judges a canary as without them, and counts what they lacked: %s",
    async (service, { expect }) => {
      const { run, judged, counted } = await disturbed(service, { faultAt: during(fault, middle) });
      expect(run.last.verdict).toBe(judged.last.verdict);
      const [last] = [...countsBySecond(run)].slice(-1);
      expect(last?.[1]).toEqual(expectedCounts(counted, run).get(last?.[0] ?? 0));
    },
  );

  it("at the end does not pass a canary that turns bad in them", async ({ expect }) => {
    const { run } = await disturbed("turning late", { faultAt: during(fault, [390, 690]) });
    expect(run.last).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
  });
});

describe.concurrent("an analysis that meets a fault now and then, and retries", () => {
  it.for(["good", "turning"] as const)("comes out the same bit for bit: %s", async (service, { expect }) => {
    const random = seeded(7);
    const quick = breakingFaults.filter(({ settings }) => settings === undefined);
    const one = () => quick[Math.floor(random() * quick.length)]?.fault ?? null;
    const { run, judged } = await disturbed(service, {
      faultAt: () => (random() < 0.1 ? one() : null),
      settings: { retryBudgetMs: 60_000 },
    });
    expect(run.faults).toBeGreaterThan(5);
    expect(run.looks).toEqual(judged.looks);
  });
});

describe.concurrent("an analysis that meets an answer without end", () => {
  const settings = { maxResponseBytes: 1024 * 1024 };

  it.for(["good", "turning"] as const)(
    "cuts it at its limit, and judges as without it: %s",
    async (service, { expect }) => {
      const { run, judged, counted } = await disturbed(service, {
        faultAt: during({ kind: "endless" }, middle, deadline),
        settings,
      });
      expect(run.faults).toBeGreaterThan(10);
      expect(run.bytesPoured / run.faults).toBeLessThan(16 * 1024 * 1024);
      expect(run.last.verdict).toBe(judged.last.verdict);
      expect(countsBySecond(run)).toEqual(expectedCounts(counted, run));
    },
  );

  it("from the first look on says so at once", async ({ expect }) => {
    const endless: DisturbedRun = { faultAt: () => ({ kind: "endless" }), settings };
    await expect(runDisturbed(prometheus.url, "good", endless)).rejects.toMatchObject({
      code: "query-rejected",
      message: expect.stringContaining("over the limit of 1048576 bytes"),
    });
  });
});

async function disturbed(service: Service, run: DisturbedRun) {
  const without = undisturbed.get(service);
  if (without === undefined) throw new Error(`no undisturbed run of ${service}`);
  return { ...without, run: await runDisturbed(prometheus.url, service, run) };
}
