import { afterEach, describe, expect, it, vi } from "vitest";
import { listAudit } from "../../../src/analysis/audit/list-audit.ts";
import { reasonCodes } from "../../../src/analysis/reasons.ts";
import { requireRight } from "../../../src/analysis/restricted-analyses.ts";
import {
  createServiceMetrics,
  type ServiceMetricsOptions,
} from "../../../src/app/metrics/service-metrics.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { createMemoryAudit } from "../../../src/store/memory/memory-audit.ts";
import { accessOf } from "../../support/access-of.ts";
import { metricSamples } from "../../support/metric-samples.ts";
import { recordOf } from "../../support/sample-record.ts";

const never = new AbortController().signal;
const window = { from: 0, to: 1 };
const selector = { metric: "up", matchers: [] };

function metricsOf(options: Partial<ServiceMetricsOptions> = {}) {
  const metrics = createServiceMetrics({
    version: "1.2.3",
    running: () => 3,
    queueDepth: async () => ({ underWay: 2, waiting: 5 }),
    ...options,
  });
  return { metrics, samples: () => metricSamples(metrics.registry) };
}

const endedBy = (code: "worse-than-baseline" | "cancelled", falseAlarm: unknown = "5%") => {
  const { result } = recordOf("a");
  const verdict = code === "cancelled" ? null : ("fail" as const);
  return { ...result, verdict, reason: { code, text: "" }, spec: { budget: { falseAlarm } } };
};

afterEach(() => void vi.useRealTimers());

describe("analyses", () => {
  it("are counted by verdict and reason when they end; one without a verdict is inconclusive", async () => {
    const { metrics, samples } = metricsOf();
    metrics.started(recordOf("a").result);
    metrics.ended(endedBy("worse-than-baseline"));
    metrics.ended(endedBy("cancelled"));
    const told = await samples();
    expect(told.get("coalmine_analyses_started_total")).toBe(1);
    expect(told.get('coalmine_verdicts_total{verdict="fail",reason_code="worse-than-baseline"}')).toBe(1);
    expect(told.get('coalmine_verdicts_total{verdict="inconclusive",reason_code="cancelled"}')).toBe(1);
    expect(told.get("coalmine_analyses_running")).toBe(3);
  });

  it("have a series for every reason that ends one from the start, so that rate() sees the first", async () => {
    const told = [...(await metricsOf().samples())].filter(([name]) =>
      name.startsWith("coalmine_verdicts_total"),
    );
    const ending = reasonCodes.filter((code) => code !== "warming-up" && code !== "watching");
    expect(told.map(([name]) => /reason_code="([^"]+)"/.exec(name)?.[1])).toEqual(ending);
    expect(told.map(([, value]) => value)).toEqual(ending.map(() => 0));
  });

  it.each([
    ["5%", 0.05],
    [0.01, 0.01],
    ["none", 0],
  ])("spend their false-alarm budget when they end: %s", async (falseAlarm, spent) => {
    const { metrics, samples } = metricsOf();
    metrics.ended(endedBy("worse-than-baseline", falseAlarm));
    expect((await samples()).get("coalmine_false_alarm_budget_total")).toBe(spent);
  });

  it("spend the budget that a spec of ours is written with", async () => {
    const { metrics, samples } = metricsOf();
    metrics.ended(recordOf("a").result);
    expect((await samples()).get("coalmine_false_alarm_budget_total")).toBe(0.05);
  });
});

describe("looks", () => {
  it("are measured in seconds: how late they began and how long they took", async () => {
    const { metrics, samples } = metricsOf();
    metrics.looked(recordOf("a").result, { lagMs: 1_500, tookMs: 40 });
    metrics.looked(recordOf("a").result, { lagMs: -3, tookMs: 60 });
    const told = await samples();
    expect(told.get("coalmine_look_lag_seconds_sum")).toBe(1.5);
    expect(told.get("coalmine_look_duration_seconds_sum")).toBeCloseTo(0.1);
    expect(told.get("coalmine_look_duration_seconds_count")).toBe(2);
  });

  it("are counted when they are called for again and when they could not be kept, unless they were given up", async () => {
    const { metrics, samples } = metricsOf();
    const away = new Error("the store is away");
    const take = metrics.countedLooks(async (id) => {
      if (id === "bad") throw away;
    });
    const stopped = AbortSignal.abort();
    await take("good", false, never);
    await take("good", true, never);
    await expect(take("bad", false, never)).rejects.toBe(away);
    await expect(take("bad", false, stopped)).rejects.toBe(away);
    const told = await samples();
    expect(told.get("coalmine_look_retries_total")).toBe(1);
    expect(told.get("coalmine_looks_lost_total")).toBe(1);
  });
});

describe("sources", () => {
  const named = (read: () => Promise<never>) =>
    new Map([["eu", { source: { name: "eu", read }, ingestionDelayMs: 0 }]]);

  it.each([
    ["source-unavailable", new CoalmineError("source-unavailable", "away")],
    ["query-rejected", new CoalmineError("query-rejected", "no")],
    ["internal", new TypeError("oops")],
  ])("have reads that fail counted as %s", async (kind, error) => {
    const { metrics, samples } = metricsOf();
    const source = metrics.measuredSources(named(() => Promise.reject(error))).get("eu")?.source;
    await expect(source?.read(selector, window, never)).rejects.toBe(error);
    await expect(source?.read(selector, window, AbortSignal.abort())).rejects.toBe(error);
    const told = await samples();
    const failures = [...told].filter(([name]) => name.startsWith("coalmine_source_failures_total"));
    expect(failures.filter(([, value]) => value > 0)).toEqual([
      [`coalmine_source_failures_total{source="eu",kind="${kind}"}`, 1],
    ]);
    expect(failures).toHaveLength(3);
    expect(told.get('coalmine_source_read_duration_seconds_count{source="eu"}')).toBe(2);
  });

  it("have their retries counted", async () => {
    const { metrics, samples } = metricsOf();
    metrics.measuredSources(named(() => Promise.reject(new Error("unused"))));
    expect((await samples()).get('coalmine_source_retries_total{source="eu"}')).toBe(0);
    metrics.sourceRetried("eu");
    expect((await samples()).get('coalmine_source_retries_total{source="eu"}')).toBe(1);
  });
});

/** A store with a state of its own, which only its methods reach. */
class Shelf {
  #kept = "";
  async insert(id: string): Promise<void> {
    this.#kept = id;
  }
  get(): Promise<string> {
    return Promise.resolve(this.#kept);
  }
}

describe("a store", () => {
  it("does what it did, with each operation measured", async () => {
    const { metrics, samples } = metricsOf();
    const store = metrics.measuredStore("analyses", new Shelf());
    await store.insert("a");
    expect(await store.get()).toBe("a");
    const told = await samples();
    const count = (operation: string) =>
      told.get(`coalmine_store_operation_duration_seconds_count{store="analyses",operation="${operation}"}`);
    expect([count("insert"), count("get"), count("list")]).toEqual([1, 1, undefined]);
  });

  it("fails when it is away or at fault, not when it answers that a key is taken", async () => {
    const { metrics, samples } = metricsOf();
    const store = metrics.measuredStore("gates", {
      put: (error: Error) => Promise.reject(error),
      at: 7,
      twice: (n: number) => 2 * n,
    });
    const failures = async () =>
      (await samples()).get('coalmine_store_failures_total{store="gates",operation="put"}');
    const conflict = new CoalmineError("conflict", "taken");
    await expect(store.put(conflict)).rejects.toBe(conflict);
    expect(await failures()).toBe(0);
    await expect(store.put(new CoalmineError("source-unavailable", "away"))).rejects.toThrow("away");
    expect(await failures()).toBe(1);
    expect([store.at, store.twice(2)]).toEqual([7, 4]);
  });
});

describe("the queue", () => {
  it("tells how many looks are under way and how many wait", async () => {
    const told = await metricsOf().samples();
    expect(told.get('coalmine_queue_looks{state="under_way"}')).toBe(2);
    expect(told.get('coalmine_queue_looks{state="waiting"}')).toBe(5);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("the database is away"))],
    ["does not answer", () => new Promise<never>(() => undefined)],
  ])("is left out of a scrape when it %s, and the rest is told", async (_how, queueDepth) => {
    vi.useFakeTimers();
    const scraped = metricsOf({ queueDepth }).samples();
    await vi.advanceTimersByTimeAsync(1_000);
    const told = await scraped;
    expect([...told.keys()].filter((name) => name.startsWith("coalmine_queue"))).toEqual([]);
    expect(told.get("coalmine_analyses_running")).toBe(3);
  });
});

describe("callers", () => {
  it("who are not known are counted, and those who are are not", async () => {
    const { metrics, samples } = metricsOf();
    const access = metrics.countedAccess(accessOf({ secret: ["shop"] }));
    expect(await access.callerOf("secret")).toMatchObject({ name: "secret" });
    expect(await access.callerOf("guess")).toBeNull();
    expect(await access.callerOf(null)).toBeNull();
    const told = await samples();
    expect(told.get('coalmine_access_refusals_total{kind="unauthenticated"}')).toBe(2);
    expect(told.get('coalmine_access_refusals_total{kind="undecided"}')).toBe(0);
  });

  it("who may not do what they ask for are counted, whatever they ask; what lists leave out is not", async () => {
    const { metrics, samples } = metricsOf();
    const access = metrics.countedAccess(accessOf({ secret: { namespaces: ["shop"], scopes: ["read"] } }));
    const caller = await access.callerOf("secret");
    if (caller === null) throw new Error("the caller is known");
    const forbidden = async () => (await samples()).get('coalmine_access_refusals_total{kind="forbidden"}');
    requireRight(caller, "read", "shop");
    await listAudit(createMemoryAudit(), caller, { namespace: "bank", limit: 1 });
    expect(await forbidden()).toBe(0);
    expect(() => requireRight(caller, "write", "shop")).toThrow("may not write");
    expect(() => requireRight(caller, "read", "bank")).toThrow("may not read");
    expect(await forbidden()).toBe(2);
  });

  it("who cannot be told now are counted apart", async () => {
    const { metrics, samples } = metricsOf();
    const away = new CoalmineError("source-unavailable", "the API is away");
    const access = metrics.countedAccess({ isOn: true, callerOf: () => Promise.reject(away) });
    await expect(access.callerOf("secret")).rejects.toBe(away);
    expect((await samples()).get('coalmine_access_refusals_total{kind="undecided"}')).toBe(1);
  });
});
