/** What the metric plugin makes of a release on the stock controller, where things are not as they should be. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measurementsOf } from "../../support/analysis-run.ts";
import {
  analysisStep,
  badImage,
  checkoutWith,
  goodImage,
  openShop,
  patience,
  quickSpec,
  type Shop,
} from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop?.close());

const steps = [{ setWeight: 25 }, analysisStep, { setWeight: 50 }];
const pluginMetric = (changes: Readonly<Record<string, unknown>>) => ({
  provider: { plugin: { "coalmine/analysis": { ...quickSpec, ...changes } } },
});

describe.concurrent("what cannot be known", () => {
  it("pauses the Rollout when there is no data, and says so", async () => {
    const metric = pluginMetric({ telemetry: { preset: "http", requests: "nobody_counts_total" } });
    const { rollout, namespace } = await shop.open("no-data", checkoutWith({ steps, metric }));
    await rollout.setImage(goodImage);
    const { status } = await rollout.waitFor(
      "paused by an inconclusive run",
      (state) => state.status.pauseConditions.some(({ reason }) => reason === "InconclusiveAnalysisRun"),
      patience,
    );
    expect(status.abort).not.toBe(true);
    const [run] = await rollout.analysisRuns();
    expect(run?.status.message).toMatch(/nobody_counts_total|no requests|no series|no samples/);
    expect(await shop.argo.command(namespace.name, "get", "rollout", "checkout")).toMatch(/Paused/);
  });

  it("pauses it, once and with every problem, when the configuration is wrong", async () => {
    const metric = pluginMetric({ duration: "tomorrow", metricz: [], interval: "1s" });
    const { rollout } = await shop.open("wrong", checkoutWith({ steps, metric }));
    await rollout.setImage(goodImage);
    await rollout.waitForAnalysisRun("has ended", ({ status }) => status.phase === "Inconclusive", patience);
    // Five seconds later a retry would be there.
    await sleep(5_000);
    const runs = await rollout.analysisRuns();
    const [measurement, ...others] = runs.flatMap((run) => measurementsOf(run));
    expect(others).toEqual([]);
    expect(measurement?.message).toMatch(/duration.*metricz|metricz.*duration/);
    expect((await rollout.read()).status.abort).not.toBe(true);
  });
});

describe.concurrent("what must not abort a good release", () => {
  it("a dry run of a bad one does not either, and still tells", async () => {
    const template = { dryRun: [{ metricName: ".*" }] };
    const { rollout } = await shop.open("dry-run", checkoutWith({ steps, template }));
    await rollout.setImage(badImage);
    await rollout.waitForPhase("Healthy", patience);
    const [run] = await rollout.analysisRuns();
    const result = run?.status.metricResults.find(({ name }) => name === "coalmine");
    expect(result?.phase).toBe("Failed");
    expect(run === undefined ? [] : measurementsOf(run)).toEqual([
      expect.objectContaining({ message: expect.stringContaining("errors") }),
    ]);
  });

  it("a background analysis that is not done when the steps are", async () => {
    const canary = { analysis: { templates: [{ templateName: "judge" }] } };
    const longer = pluginMetric({ duration: "10m" });
    const quick = [{ setWeight: 25 }, { pause: { duration: "5s" } }];
    const { rollout } = await shop.open("background", checkoutWith({ steps: quick, canary, metric: longer }));
    await rollout.setImage(goodImage);
    const { status } = await rollout.waitForPhase("Healthy", patience);
    expect(status.stableRS).toBe(status.currentPodHash);
    const run = await rollout.waitForAnalysisRun(
      "was ended",
      ({ status: { phase } }) => phase !== "Running",
      patience,
    );
    expect(run.status.phase).not.toBe("Error");
  });

  it("an Experiment's run, which knows its pods by arguments alone", async () => {
    const metric = {
      provider: {
        plugin: {
          "coalmine/analysis": {
            ...quickSpec,
            service: "checkout",
            cohorts: {
              canary: { selector: 'pod=~"{{args.canary}}-.*"' },
              baseline: { selector: 'pod=~"{{args.baseline}}-.*"' },
            },
          },
        },
      },
    };
    const template = { args: [{ name: "canary" }, { name: "baseline" }] };
    const experiment = {
      experiment: {
        templates: [
          { name: "baseline", specRef: "stable" },
          { name: "canary", specRef: "canary" },
        ],
        analyses: [
          {
            name: "judge",
            templateName: "judge",
            requiredForCompletion: true,
            args: [
              { name: "canary", value: "{{templates.canary.replicaset.name}}" },
              { name: "baseline", value: "{{templates.baseline.replicaset.name}}" },
            ],
          },
        ],
      },
    };
    const { rollout } = await shop.open(
      "experiment",
      checkoutWith({ steps: [experiment], metric, template }),
    );
    await rollout.setImage(badImage);
    const { status } = await rollout.waitForPhase("Degraded", patience);
    expect(status.abort).toBe(true);
  });
});
