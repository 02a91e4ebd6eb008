import { describe, expect, it } from "vitest";
import type { Measurement, MetricProvider } from "../../../../src/adapters/argo-rollouts/metric-provider.ts";
import { createMetricPlugin } from "../../../../src/adapters/argo-rollouts/wire/metric-plugin.ts";
import { goTimeOfValue } from "../../../../src/wire/go-plugin/index.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { quietLogger } from "../../../support/quiet-logger.ts";
import { callPlugin } from "./call-plugin.ts";
import { goldenArgs } from "./golden-args.ts";

const at = Date.UTC(2026, 6, 6, 12, 30, 15);
const now = Date.UTC(2026, 6, 6, 12, 40);
const [runArgs] = goldenArgs("argo run args");
const [resumeArgs, emptyResumeArgs] = goldenArgs("argo resume args");
const [collectArgs] = goldenArgs("argo garbage collect args");
const [metadataArgs] = goldenArgs("argo get metadata args");

const answer: Measurement = {
  phase: "Successful",
  message: "not worse",
  startedAt: at,
  finishedAt: now + 0.5,
  resumeAt: null,
  value: "97",
  metadata: { state: "b" },
};

/** A plugin over a provider that remembers what it was asked, and what the plugin logged. */
function pluginOf(overrides: Partial<MetricProvider> = {}) {
  const asked: unknown[] = [];
  const heard =
    <T>(name: string, result: T) =>
    async (...args: readonly unknown[]): Promise<T> => {
      asked.push([name, ...args]);
      return result;
    };
  const provider: MetricProvider = {
    run: heard("run", answer),
    resume: heard("resume", answer),
    terminate: heard("terminate", answer),
    garbageCollect: heard("garbageCollect", undefined),
    metadata: heard("metadata", { report: "http://x" }),
    ...overrides,
  };
  const logger = quietLogger();
  return { plugin: createMetricPlugin(provider, { clock: fakeClock(now), logger }), asked, logger };
}

/** A measurement as the controller decodes it, times in milliseconds. */
function measurementOf(value: unknown) {
  const { StartedAt, FinishedAt, ResumeAt, ...others } = Object(value);
  const [startedAt, finishedAt, resumeAt] = [StartedAt, FinishedAt, ResumeAt].map((time) =>
    time === undefined ? null : goTimeOfValue(time).seconds * 1_000,
  );
  return { ...others, startedAt, finishedAt, resumeAt };
}

const fault = () => Promise.reject(new Error("it broke\nin two lines"));
const faultText = "a fault of the coalmine plugin: it broke in two lines";

describe("the controller's call", () => {
  it.each([
    ["Run", runArgs, [["run", expect.objectContaining({ run: expect.objectContaining({ uid: "5f0c" }) })]]],
    [
      "Resume",
      resumeArgs,
      [
        [
          "resume",
          expect.objectContaining({ metric: expect.objectContaining({ config: '{"service":"checkout"}' }) }),
          expect.objectContaining({ startedAt: at, metadata: { state: "{}" } }),
        ],
      ],
    ],
    [
      "Terminate",
      resumeArgs,
      [
        [
          "terminate",
          expect.objectContaining({ run: expect.objectContaining({ measured: 3 }) }),
          expect.objectContaining({ phase: "Running" }),
        ],
      ],
    ],
  ])("%s asks the provider and gets its measurement", async (method, args, wanted) => {
    const { plugin, asked } = pluginOf();
    expect(measurementOf(await callPlugin(plugin, method, args))).toEqual({
      Phase: "Successful",
      Message: "not worse",
      Value: "97",
      Metadata: new Map([["state", "b"]]),
      startedAt: at,
      finishedAt: now,
      resumeAt: null,
    });
    expect(asked.map((call) => (call as unknown[]).slice(0, wanted[0]?.length))).toEqual(wanted);
  });

  it("GarbageCollect passes the limit on", async () => {
    const { plugin, asked } = pluginOf();
    expect(await callPlugin(plugin, "GarbageCollect", collectArgs)).toEqual({});
    expect(asked).toEqual([["garbageCollect", expect.objectContaining({ run: expect.anything() }), 10]]);
  });

  it("GetMetadata gets what the provider shows", async () => {
    const { plugin, asked } = pluginOf();
    expect(await callPlugin(plugin, "GetMetadata", metadataArgs)).toEqual(new Map([["report", "http://x"]]));
    expect(asked).toEqual([["metadata", expect.objectContaining({ name: "coalmine" })]]);
  });

  it("InitPlugin and Type ask nobody", async () => {
    const { plugin, asked } = pluginOf();
    expect(await callPlugin(plugin, "InitPlugin")).toEqual({});
    expect(await callPlugin(plugin, "Type")).toBe("coalmine");
    expect(asked).toEqual([]);
  });
});

describe("a fault of the provider", () => {
  it.each(["Resume", "Terminate"])(
    "in %s keeps the measurement under way, and its evidence",
    async (method) => {
      const { plugin, logger } = pluginOf({ resume: fault, terminate: fault });
      expect(measurementOf(await callPlugin(plugin, method, resumeArgs))).toEqual({
        Phase: "Running",
        Message: `${faultText}; asked again in 10 s`,
        Value: "62.5",
        Metadata: new Map([
          ["state", "{}"],
          ["faultSince", new Date(now).toISOString()],
        ]),
        startedAt: at,
        finishedAt: null,
        resumeAt: now + 10_000,
      });
      expect(logger.errors).toMatchObject([{ message: `argo-rollouts: ${method}: it broke in two lines` }]);
    },
  );

  it("in Run begins a measurement that is resumed", async () => {
    const { plugin } = pluginOf({ run: fault });
    expect(measurementOf(await callPlugin(plugin, "Run", runArgs))).toEqual({
      Phase: "Running",
      Message: `${faultText}; asked again in 10 s`,
      Metadata: new Map([["faultSince", new Date(now).toISOString()]]),
      startedAt: now,
      finishedAt: null,
      resumeAt: now + 10_000,
    });
  });

  it("that is a measurement Go cannot be told of is one too", async () => {
    const { plugin } = pluginOf({ resume: async () => ({ ...answer, finishedAt: Number.NaN }) });
    const met = measurementOf(await callPlugin(plugin, "Resume", resumeArgs));
    expect(met).toMatchObject({ Phase: "Running" });
    expect(met.Message).toContain("time NaN ms");
  });

  it("ends the measurement as Inconclusive after ten minutes of nothing else", async () => {
    const { plugin } = pluginOf({ resume: fault });
    const since = (faultSince: number) => {
      const { name, value } = Object(resumeArgs);
      const metadata = new Map([["faultSince", new Date(faultSince).toISOString()]]);
      return { name, value: { ...value, Measurement: { ...value.Measurement, Metadata: metadata } } };
    };
    expect(measurementOf(await callPlugin(plugin, "Resume", since(now - 600_000)))).toMatchObject({
      Phase: "Running",
      Metadata: new Map([["faultSince", new Date(now - 600_000).toISOString()]]),
    });
    expect(measurementOf(await callPlugin(plugin, "Resume", since(now - 601_000)))).toMatchObject({
      Phase: "Inconclusive",
      Message: faultText,
      startedAt: at,
      finishedAt: now,
      resumeAt: null,
    });
  });

  it("that throws at once is one too", async () => {
    const { plugin } = pluginOf({
      resume: () => {
        throw new Error("at once");
      },
    });
    expect(await callPlugin(plugin, "Resume", resumeArgs)).toMatchObject({ Phase: "Running" });
  });

  it("in GarbageCollect is the controller's error, so that it tries again", async () => {
    const { plugin } = pluginOf({ garbageCollect: fault });
    expect(await callPlugin(plugin, "GarbageCollect", collectArgs)).toEqual({ ErrorString: faultText });
  });

  it("in GetMetadata shows nothing of its text, which may hold a secret", async () => {
    const { plugin, logger } = pluginOf({ metadata: fault });
    expect(await callPlugin(plugin, "GetMetadata", metadataArgs)).toEqual(
      new Map([["error", "a fault of the coalmine plugin: see the controller's log"]]),
    );
    expect(logger.errors).toHaveLength(1);
  });
});

describe("arguments that are not the method's", () => {
  it.each([
    ["Run", resumeArgs, "arguments of type RunArgs wanted, TerminateAndResumeArgs met"],
    ["Run", null, "arguments of type RunArgs wanted, none met"],
    ["GetMetadata", runArgs, "arguments of type GetMetadataArgs wanted, RunArgs met"],
    ["GarbageCollect", "text", "arguments of type GarbageCollectArgs wanted, none met"],
    ["Resume", emptyResumeArgs, "TerminateAndResumeArgs.AnalysisRun: a run wanted, none met"],
  ])("of %s are refused (%#)", async (method, args, message) => {
    const { plugin, asked } = pluginOf();
    await expect(callPlugin(plugin, method, args)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});
