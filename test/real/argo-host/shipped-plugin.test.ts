/** Coalmine's own plugin, bundled as it is shipped, under the controller's own client code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePlugin } from "../../../tools/package-argo/bundle.ts";
import { type FakePrometheus, startFakePrometheus } from "../../support/fake-prometheus.ts";
import { analysisRun, metric, rollout } from "./kubernetes-objects.ts";
import { ended } from "./running.ts";
import { everyVersion, metricName, stepName, useArgoHost } from "./use-argo-host.ts";

const folder = mkdtempSync(join(tmpdir(), "coalmine-shipped-"));
const program = join(folder, "plugin.js");

const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
const config = { telemetry: "istio", cohorts };
const faulty = { telemetri: "istio", cohorts, duration: "soon", metrics: [{ name: "errors", kind: "eror" }] };
/** The places of what is wrong with it. */
const problems = ["telemetri", "duration", "metrics.0.kind"];

let prometheus: FakePrometheus;
beforeAll(async () => {
  await bundlePlugin(join(import.meta.dirname, "../../.."), folder);
  prometheus = await startFakePrometheus();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await prometheus.close();
});

/** A run that began a moment ago. */
function asked(uid: string, spec: unknown = config) {
  const run = analysisRun(uid, { creationTimestamp: new Date().toISOString() });
  const { startedAt: _, ...status } = run.status;
  return { metric: metric(metricName, spec), analysisRun: { ...run, status } };
}

describe.each(everyVersion)("under the client of Argo Rollouts $version", ({ version }) => {
  const start = useArgoHost([process.execPath, program]);
  const withSource = () => start(version, ["--source", `default=${prometheus.url}`]);

  it("a measurement runs until the controller ends it", async () => {
    const { measure } = await withSource();
    const of = asked("run-1");
    expect(await measure("Type", of)).toBe("coalmine");
    expect(await measure("GetMetadata", of)).toMatchObject({ engine: expect.stringContaining("coalmine") });
    const first = Object(await measure("Run", of));
    expect(first).toMatchObject({ phase: "Running", startedAt: expect.any(String), value: "50" });
    expect(Date.parse(first.resumeAt)).toBeGreaterThan(Date.parse(first.startedAt));
    // It asks its source meanwhile, five seconds after the moment that a look is about.
    const before = prometheus.requests.length;
    await expect.poll(() => prometheus.requests.length, { timeout: 120_000 }).toBeGreaterThan(before);
    const resume = async () => Object(await measure("Resume", { ...of, measurement: first }));
    // It has asked, and the answer is on its way.
    const isHeard = async () => !(await resume()).message.includes("waiting for the metrics source");
    await expect.poll(isHeard, { timeout: 60_000 }).toBe(true);
    const second = await resume();
    expect(second).toMatchObject({ phase: "Running", startedAt: first.startedAt });
    expect(second.metadata.analysis).toBe(first.metadata.analysis);
    const last = Object(await measure("Terminate", { ...of, measurement: second }));
    expect(last).toMatchObject({ phase: "Inconclusive", startedAt: first.startedAt });
    expect(last.message).toContain("before there was a verdict");
    expect(await measure("GarbageCollect", { ...of, limit: 10 })).toEqual({ ErrorString: "" });
  });

  it("a measurement goes on in another process", async () => {
    const { measure, pidOf } = await withSource();
    const of = asked("run-2");
    const first = Object(await measure("Run", of));
    const pid = await pidOf("metricprovider");
    process.kill(pid, "SIGKILL");
    await ended(pid);
    const again = () => measure("Resume", { ...of, measurement: first });
    const resumed = await again().catch(again);
    expect(resumed).toMatchObject({ phase: "Running", startedAt: first.startedAt });
    expect(Object(resumed).metadata).toMatchObject({ analysis: first.metadata.analysis });
  });

  it("64 runs are measured at once", async () => {
    const { measure } = await withSource();
    const uids = Array.from({ length: 64 }, (_, index) => `run-${index}`);
    const measurements = await Promise.all(uids.map((uid) => measure("Run", asked(uid))));
    const analyses = measurements.map((one) => String(Object(one).metadata.analysis).split("/")[0]);
    expect(analyses).toEqual(uids);
  });

  it("a step runs, is asked again no sooner than the controller allows, and is aborted", async () => {
    const { step } = await withSource();
    const context = { rollout: rollout("ro-1"), config };
    const { Result, Error: rpcError } = Object(await step("Run", context));
    expect(rpcError).toEqual({ ErrorString: "" });
    expect(Result).toMatchObject({ Phase: "Running", Status: { verdict: "running" } });
    expect(Result.RequeueAfter).toBeGreaterThan(10e9);
    const aborted = Object(await step("Abort", { ...context, status: Result.Status }));
    expect(aborted).toMatchObject({ Result: { Phase: "Successful" }, Error: { ErrorString: "" } });
  });

  it("the controller stores a step's status as it is", async () => {
    const { host } = await withSource();
    const fields = { method: "Run", name: stepName, index: 1, rollout: rollout("ro-4"), config };
    const { results } = await host.tell("reconcileStep", fields);
    expect(results).toMatchObject([{ phase: "Running", status: { analysis: expect.any(String) } }]);
  });

  it("a spec with errors ends the measurement and the step at once, with every problem", async () => {
    const { measure, step } = await withSource();
    const measured = Object(await measure("Run", asked("run-3", faulty)));
    expect(measured).toMatchObject({ phase: "Inconclusive", finishedAt: expect.any(String) });
    const { Result, Error: rpcError } = Object(
      await step("Run", { rollout: rollout("ro-2"), config: faulty }),
    );
    expect(rpcError).toEqual({ ErrorString: "" });
    expect(Result.Phase).toBe("Failed");
    for (const problem of problems) {
      expect(measured.message).toContain(problem);
      expect(Result.Message).toContain(problem);
    }
  });

  it.each(["--settings", "--setings"])(
    "a plugin that is set up wrongly (%s) starts and says why",
    async (flag) => {
      const settings = join(folder, "settings.yaml");
      writeFileSync(settings, "sources: {default: {kind: prometheus, urll: http://127.0.0.1:9}}\n");
      const { measure, step } = await start(version, [flag, settings]);
      const measured = Object(await measure("Run", asked("run-4")));
      expect(measured).toMatchObject({ phase: "Inconclusive", finishedAt: expect.any(String) });
      const { Result } = Object(await step("Run", { rollout: rollout("ro-3"), config }));
      expect(Result).toMatchObject({ Phase: "Failed" });
      const wrong = flag === "--settings" ? "urll" : "--setings";
      expect(measured.message).toContain(wrong);
      expect(Result.Message).toContain(wrong);
    },
  );

  it("a plugin ends by itself when it is told to", async () => {
    const { measure, host, logged } = await withSource();
    await measure("Run", asked("run-5"));
    await host.tell("quit");
    expect(await host.tell("processes")).toEqual({});
    await logged("plugin process exited");
    expect(host.log()).toMatch(/\[INFO\] +plugin: plugin process exited/);
    expect(host.log()).not.toContain("plugin failed to exit gracefully");
  });
});

describe("what the plugin writes to standard output", () => {
  const copy = join(folder, "stdout");
  const node = `'${process.execPath}' '${program}'`;
  // The process stays the host's child; what it writes is read by the host and kept.
  const start = useArgoHost(["bash", "-c", `exec ${node} "$@" > >(exec tee '${copy}')`, "plugin"]);

  it.each(everyVersion)(
    "is where it listens and nothing else, to Argo Rollouts $version",
    async ({ version }) => {
      const { measure, host } = await start(version, ["--source", "default=http://127.0.0.1:9"]);
      await measure("Run", asked("run-6"));
      await measure("Run", asked("run-7", faulty));
      await measure("GetMetadata", asked("run-6"));
      await host.tell("quit");
      expect(readFileSync(copy, "utf8")).toMatch(/^1\|1\|unix\|[^|\n]+\|netrpc\|\n$/);
    },
  );
});
