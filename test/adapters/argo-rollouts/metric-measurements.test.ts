import { describe, expect, it } from "vitest";
import { createMetricProvider } from "../../../src/adapters/argo-rollouts/metric-measurements.ts";
import type { Measurement, MeasurementRequest } from "../../../src/adapters/argo-rollouts/metric-provider.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { requestOf, rollout, type StageOptions, stage, start, stored } from "./provider-stage.ts";

const iso = (time: number) => new Date(time).toISOString();

/** Resumes as the controller does until the measurement is finished; answers all that were seen. */
async function followed(
  staged: ReturnType<typeof stage>,
  request: MeasurementRequest,
  provider = createMetricProvider(staged.process()),
  first?: Measurement,
): Promise<readonly Measurement[]> {
  const seen = [first ?? (await provider.run(request))];
  for (let last = seen[0]; last !== undefined && last.phase === "Running" && seen.length < 200; ) {
    await staged.passUntil(Math.ceil(((last.resumeAt ?? 0) - start) / 1_000));
    last = await provider.resume(request, stored(last));
    seen.push(last);
  }
  return seen;
}

const outcome = async (options: StageOptions, request = requestOf()) =>
  (await followed(stage(options), request)).at(-1);

describe("one long measurement", () => {
  it("answers Running at once, without having asked the source, and when to ask again", async () => {
    const staged = stage();
    const measurement = await createMetricProvider(staged.process()).run(requestOf());
    expect(measurement).toMatchObject({ phase: "Running", startedAt: start, finishedAt: null });
    expect(measurement.resumeAt).toBeGreaterThan(start);
    expect(measurement.metadata["analysis"]).toBe(`run-1/coalmine/${iso(start)}`);
  });

  it("is Successful for a canary that is not worse, at the end of the duration", async () => {
    const last = await outcome({});
    expect(last).toMatchObject({ phase: "Successful", resumeAt: null });
    expect(Number(last?.value)).toBeGreaterThanOrEqual(75);
    expect(last?.finishedAt).toBeGreaterThanOrEqual(start + 600_000);
  });

  it("is Failed for one that is worse, sooner, with the reason in one line", async () => {
    const last = await outcome({ errorRate: 0.04 });
    expect(last).toMatchObject({ phase: "Failed", metadata: { reason: "worse-than-baseline" } });
    expect(last?.message).toMatch(/^[^\n]*errors[^\n]*$/);
    expect(last?.finishedAt).toBeLessThan(start + 600_000);
    expect(Number(last?.value)).toBeLessThan(25);
  });

  it("says its score and what it knows at every resume, and keeps its state within 8 KB", async () => {
    const seen = await followed(stage(), requestOf());
    for (const { message, value, metadata } of seen) {
      expect(message).not.toBe("");
      expect(Number(value)).toBeGreaterThanOrEqual(25);
      expect(JSON.stringify(metadata).length).toBeLessThan(8_192);
    }
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.at(-1)?.metadata["state"]).toBeUndefined();
  });

  it("goes on in another process from the metadata alone, to the same verdict", async () => {
    const undisturbed = await outcome({ errorRate: 0.012 });
    const staged = stage({ errorRate: 0.012 });
    let measurement = await createMetricProvider(staged.process()).run(requestOf());
    for (let i = 0; measurement.phase === "Running" && i < 200; i++) {
      await staged.passUntil(Math.ceil(((measurement.resumeAt ?? 0) - start) / 1_000));
      const options = staged.process();
      const successor = createMetricProvider(options);
      await successor.resume(requestOf(), stored(measurement));
      // Its looks need a turn of the loop each; the controller comes back later anyway.
      await staged.passUntil((staged.clock.now() - start) / 1_000 + 1);
      measurement = await successor.resume(requestOf(), stored(measurement));
      await options.follower.close();
    }
    expect(measurement.phase).toBe(undisturbed?.phase);
    expect(measurement.value).toBe(undisturbed?.value);
    expect(measurement.message).toBe(undisturbed?.message);
  });

  it("without any metadata looks at its past again, and finds the same", async () => {
    const undisturbed = await outcome({ errorRate: 0.04 });
    const staged = stage({ errorRate: 0.04 });
    await staged.passUntil(500);
    const [first, ...rest] = await followed(staged, requestOf());
    expect(first).toMatchObject({ phase: "Running", startedAt: start });
    expect(rest.at(-1)).toMatchObject({ phase: "Failed", message: undisturbed?.message });
  });

  it("takes a state that was tampered with for none", async () => {
    const staged = stage();
    const provider = createMetricProvider(staged.process());
    const measurement = await provider.run(requestOf());
    const broken = { ...stored(measurement), metadata: { state: "1.AAAAgarbage" } };
    expect(await createMetricProvider(staged.process()).resume(requestOf(), broken)).toMatchObject({
      phase: "Running",
    });
  });
});

describe("when the analysis starts", () => {
  const startedAt = async (changes: Parameters<typeof requestOf>[1], nowSeconds = 100) => {
    const staged = stage();
    await staged.passUntil(nowSeconds);
    const { startedAt: at } = await createMetricProvider(staged.process()).run(requestOf({}, changes));
    return ((at ?? 0) - start) / 1_000;
  };

  it("is the run's creation while the controller has not stamped its start", async () => {
    expect(await startedAt({ run: { createdAt: start + 7_000 } })).toBe(7);
  });

  it("is its start plus the initial delay once it has", async () => {
    const run = { startedAt: start + 10_000 };
    expect(await startedAt({ run, metric: { initialDelay: "1m" } })).toBe(70);
  });

  it("is now for a further measurement, and never later than now", async () => {
    expect(await startedAt({ run: { measured: 1 } })).toBe(100);
    expect(await startedAt({ run: { createdAt: start + 900_000 } })).toBe(100);
  });
});

describe("the cohorts", () => {
  it("are the run's hash and the stable hash of the Rollout that owns it, read once", async () => {
    const staged = stage();
    const provider = createMetricProvider(staged.process());
    await provider.run(requestOf());
    expect(staged.reads[0]).toBe("shop/checkout");
  });

  it("are arguments where they are given, and then nobody is asked", async () => {
    const staged = stage();
    const run = { labels: {}, owner: null, args: { "canary-hash": "6bd9", "stable-hash": "5c8f" } };
    const service = { service: "checkout" };
    const last = (await followed(staged, requestOf(service, { run }))).at(-1);
    expect(last).toMatchObject({ phase: "Successful" });
    expect(staged.reads).toEqual([]);
  });

  it.each([
    ["a run without a hash", { run: { labels: {} } }, /no label rollouts-pod-template-hash.*canary-hash/],
    ["an empty argument", { run: { args: { "stable-hash": "" } } }, /argument `stable-hash` is empty/],
    ["a run of nobody", { run: { owner: null } }, /belongs to no Rollout.*stable-hash/],
    [
      "an Experiment's",
      { run: { owner: { kind: "Experiment", name: "e", uid: "e" } } },
      /belongs to no Rollout/,
    ],
    ["one hash for both", { run: { args: { "stable-hash": "6bd9" } } }, /same pod template hash "6bd9"/],
  ])("ends %s as Inconclusive, saying what is missing", async (_what, changes, message) => {
    const measurement = await createMetricProvider(stage().process()).run(requestOf({}, changes));
    expect(measurement).toMatchObject({ phase: "Inconclusive", message: expect.stringMatching(message) });
  });

  it.each([
    ["has gone", null, /no Rollout shop\/checkout/],
    ["was never stable", { ...rollout, stableHash: "" }, /no stable ReplicaSet yet/],
  ])("cannot be had of a Rollout that %s", async (_what, owner, message) => {
    expect(await outcome({ rollout: owner })).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringMatching(message),
    });
  });
});

describe("what goes wrong", () => {
  it("ends with every problem of the configuration named, once, and not as an Error", async () => {
    const config = { duration: "tomorrow", metricz: [], cohorts: { canary: { hash: "" } } };
    const measurement = await createMetricProvider(stage().process()).run(requestOf(config));
    expect(measurement).toMatchObject({ phase: "Inconclusive", resumeAt: null });
    for (const named of ["duration", "metricz", "cohorts.canary.hash"])
      expect(measurement.message).toContain(named);
    expect(measurement.message).toMatch(/^\d problems in the spec: [^\n;]/);
    expect(measurement.message).not.toContain("\n");
  });

  it.each([
    ["no JSON", "{"],
    ["no map", "[]"],
    ["too long", JSON.stringify({ service: "x".repeat(70_000) })],
  ])("ends a configuration that is %s", async (_what, config) => {
    const request = requestOf({}, { metric: { config } });
    const measurement = await createMetricProvider(stage().process()).run(request);
    expect(measurement).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("configuration"),
    });
  });

  it("refuses a source's address that the settings do not allow", async () => {
    const request = requestOf({ source: "http://169.254.169.254/latest" });
    const measurement = await createMetricProvider(stage().process()).run(request);
    expect(measurement).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("not allowed"),
    });
  });

  it("asks for a source's address once more after the Rollout was read: another may have taken its place", async () => {
    const options = stage().process();
    const asked: string[] = [];
    const provider = createMetricProvider({
      ...options,
      rollouts: {
        read: async () => {
          asked.push("rollout");
          return rollout;
        },
      },
      openSource: (address) => {
        asked.push(address);
      },
    });
    await provider.run(requestOf({ source: "http://prometheus:9090" }));
    expect(asked).toEqual(["http://prometheus:9090", "rollout", "http://prometheus:9090"]);
  });

  it("asks again while the cluster's API is away, and gives up after ten minutes, never with a pass", async () => {
    const apiError = new CoalmineError("source-unavailable", "the API server is away");
    const staged = stage({ apiError });
    const seen = await followed(staged, requestOf());
    expect(seen[0]).toMatchObject({ phase: "Running", message: "the API server is away" });
    expect(seen.at(-1)).toMatchObject({ phase: "Inconclusive", message: "the API server is away" });
    expect(staged.clock.now() - start).toBeGreaterThan(600_000);
  });

  it("is as patient with a cluster's API that is away about a run that began long ago", async () => {
    const apiError = new CoalmineError("source-unavailable", "the API server is away");
    const staged = stage({ apiError });
    staged.clock.moveTo(start + 3_600_000);
    const provider = createMetricProvider(staged.process());
    const first = await provider.run(requestOf());
    expect(first).toMatchObject({ phase: "Running", startedAt: start });
    staged.clock.moveTo(start + 3_600_000 + 599_000);
    const later = await provider.resume(requestOf(), stored(first));
    expect(later).toMatchObject({ phase: "Running" });
    staged.clock.moveTo(start + 3_600_000 + 601_000);
    expect(await provider.resume(requestOf(), stored(later))).toMatchObject({ phase: "Inconclusive" });
  });

  it("keeps the state while there is no room for the analysis", async () => {
    const staged = stage();
    const options = staged.process();
    const running = await createMetricProvider(options).run(requestOf());
    await staged.passUntil(60);
    const before = stored(await createMetricProvider(options).resume(requestOf(), stored(running)));
    const adopt = () => Promise.reject(new CoalmineError("too-large", "as many run as may"));
    const full = staged.process();
    const provider = createMetricProvider({ ...full, follower: { ...full.follower, adopt } });
    const after = await provider.resume(requestOf(), before);
    expect(before.metadata["state"]).toBeDefined();
    expect(after).toMatchObject({ phase: "Running", metadata: { state: before.metadata["state"] } });
  });

  it("stays Running while the source is away for two minutes, and judges then", async () => {
    const sourceAway = { from: start + 200_000, to: start + 320_000 };
    const seen = await followed(stage({ sourceAway }), requestOf());
    expect(seen.every(({ phase }) => phase !== "Error")).toBe(true);
    expect(seen.at(-1)?.phase).toBe("Successful");
  });

  it("hands a fault of ours on, for the caller to keep the metadata", async () => {
    const options = stage().process();
    const follower = { ...options.follower, get: () => Promise.reject(new Error("a bug")) };
    const provider = createMetricProvider({ ...options, follower });
    await expect(provider.run(requestOf())).rejects.toThrow("a bug");
  });
});

describe("conditions of a template", () => {
  const judgedBy = async (metric: Readonly<Record<string, string>>, errorRate = 0.005) =>
    await outcome({ errorRate }, requestOf({}, { metric }));

  it("decide over the documented result once there is a verdict", async () => {
    expect(await judgedBy({ successCondition: 'result.verdict == "pass"' })).toMatchObject({
      phase: "Successful",
    });
    expect(await judgedBy({ successCondition: "result.score > 100" })).toMatchObject({ phase: "Failed" });
    expect(await judgedBy({ failureCondition: "result.metrics.errors.ratio > 1.5" }, 0.04)).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/^by the template's conditions; fail: /),
    });
    const between = { successCondition: "result.score > 100", failureCondition: "result.score < 0" };
    expect(await judgedBy(between)).toMatchObject({ phase: "Inconclusive" });
  });

  it("do not make a pass of what nothing is known of", async () => {
    const metric = { failureCondition: 'result.verdict == "fail"' };
    const few = await outcome({}, requestOf({ minCanaryRequests: 1_000_000 }, { metric }));
    expect(few).toMatchObject({ phase: "Inconclusive", metadata: { reason: "too-few-requests" } });
    const unseen = { telemetry: { preset: "http", requests: "nobody_counts_total" } };
    expect(await outcome({}, requestOf(unseen, { metric }))).toMatchObject({ phase: "Inconclusive" });
  });

  it("that cannot be read end the measurement before any traffic is judged", async () => {
    const request = requestOf({}, { metric: { successCondition: "result.score >" } });
    const measurement = await createMetricProvider(stage().process()).run(request);
    expect(measurement).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("successCondition"),
    });
  });

  it("do not make a pass of an analysis that broke", async () => {
    const staged = stage();
    const options = staged.process();
    const request = requestOf({}, { metric: { failureCondition: 'result.verdict == "fail"' } });
    const provider = createMetricProvider(options);
    const first = await provider.run(request);
    const record = await options.follower.cancel(first.metadata["analysis"] ?? "");
    expect(await provider.resume(request, stored(first))).toMatchObject({ phase: "Inconclusive" });

    const reason = { code: "run-failed", text: "a fault" } as const;
    const result = { ...record.result, phase: "done", reason } as const;
    const get = async () => ({ ...record, result });
    const broken = createMetricProvider({ ...options, follower: { ...options.follower, get } });
    expect(await broken.resume(request, stored(first))).toMatchObject({
      phase: "Inconclusive",
      message: "a fault",
    });
  });

  it("that do not fit the result are an Error, as the controller has it", async () => {
    expect(await judgedBy({ successCondition: "result.verdict > 3" })).toMatchObject({ phase: "Error" });
  });
});

describe("terminate", () => {
  it("is Inconclusive before a verdict, and the analysis ends", async () => {
    const staged = stage();
    const options = staged.process();
    const provider = createMetricProvider(options);
    const measurement = await provider.run(requestOf());
    await staged.passUntil(60);
    const ended = await provider.terminate(requestOf(), stored(measurement));
    expect(ended).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("before there was a verdict"),
    });
    expect((await options.follower.get(measurement.metadata["analysis"] ?? "")).result.phase).toBe(
      "cancelled",
    );
  });

  it("answers the verdict where there is one, and ends what another process began", async () => {
    const staged = stage({ errorRate: 0.2 });
    const provider = createMetricProvider(staged.process());
    const measurement = await provider.run(requestOf());
    await staged.passUntil(400);
    expect(await provider.terminate(requestOf(), stored(measurement))).toMatchObject({ phase: "Failed" });
    const successor = createMetricProvider(staged.process());
    expect(await successor.terminate(requestOf(), stored(measurement))).toMatchObject({
      phase: "Inconclusive",
    });
  });
});

describe("what the controller shows", () => {
  it("holds nothing of the configuration, which has secrets in clear", async () => {
    const provider = createMetricProvider(stage().process());
    const { metric } = requestOf({ source: "https://user:hunter2@prometheus" });
    expect(JSON.stringify(await provider.metadata(metric))).not.toContain("hunter2");
    await provider.garbageCollect(requestOf(), 10);
  });

  it("tells the analysis the weight that the router was told", async () => {
    const staged = stage({ rollout: { ...rollout, weight: 25 } });
    const options = staged.process();
    const provider = createMetricProvider(options);
    const measurement = await provider.run(requestOf());
    await staged.passUntil(60);
    const { state } = await options.follower.get(measurement.metadata["analysis"] ?? "");
    expect(state?.weight).toBe(25);
  });

  it("does not tell it the weight of the Rollout's next canary", async () => {
    const staged = stage({ rollout: { ...rollout, canaryHash: "77aa", weight: 0 } });
    const options = staged.process();
    const measurement = await createMetricProvider(options).run(requestOf());
    await staged.passUntil(60);
    const { state } = await options.follower.get(measurement.metadata["analysis"] ?? "");
    expect(state).not.toBeNull();
    expect(state?.weight).toBeNull();
  });
});
