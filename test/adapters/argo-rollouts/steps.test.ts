import { describe, expect, it } from "vitest";
import type { RolloutView } from "../../../src/adapters/argo-rollouts/controller-view.ts";
import type { StepRequest, StepResult } from "../../../src/adapters/argo-rollouts/step-provider.ts";
import { createStepProvider } from "../../../src/adapters/argo-rollouts/steps.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { rollout, type StageOptions, stage, start } from "./provider-stage.ts";

const patient: RolloutView = { ...rollout, progressDeadlineSeconds: 7_200 };

function requestOf(
  config: Readonly<Record<string, unknown>> = {},
  owner: RolloutView = patient,
  status: StepResult["status"] = null,
): StepRequest {
  return {
    rollout: owner,
    config: JSON.stringify({ telemetry: "http", ...config }),
    status: status === null ? "" : JSON.stringify(status),
  };
}

/** Calls `run` as the controller does, 5 s after the wait that was asked for, until the step has ended. */
async function followed(options: StageOptions, config: Readonly<Record<string, unknown>> = {}, most = 200) {
  const staged = stage(options);
  const provider = createStepProvider(staged.process());
  const seen = [await provider.run(requestOf(config))];
  for (let last = seen[0]; last?.phase === "Running" && seen.length < most; ) {
    const seconds = (staged.clock.now() - start + last.requeueAfterMs + 5_000) / 1_000;
    await staged.passUntil(seconds);
    last = await provider.run(requestOf(config, patient, last.status));
    seen.push(last);
  }
  return { staged, provider, seen, last: seen.at(-1) };
}

describe("run", () => {
  it("is Successful for a canary that is not worse, within the default progress deadline", async () => {
    const { last, staged } = await followed({});
    expect(last).toMatchObject({ phase: "Successful", requeueAfterMs: 0, status: { verdict: "pass" } });
    expect(staged.clock.now() - start).toBeLessThan(600_000);
  });

  it("is Failed for one that is worse, with the reason", async () => {
    const { last } = await followed({ errorRate: 0.04 });
    expect(last).toMatchObject({ phase: "Failed", status: { reason: "worse-than-baseline" } });
    expect(last?.message).toContain("errors");
  });

  it("never asks for a wait that the controller would make 30 s, and always answers an object as its status", async () => {
    const { seen } = await followed({});
    for (const { phase, requeueAfterMs, status } of seen) {
      if (phase === "Running") expect(requeueAfterMs).toBeGreaterThan(10_000);
      expect(status).toEqual(expect.objectContaining({ startedAt: new Date(start).toISOString() }));
      expect(JSON.stringify(status).length).toBeLessThan(8_192);
    }
    expect(seen.length).toBeGreaterThan(10);
  });

  it("goes on in another process from the status alone", async () => {
    const undisturbed = (await followed({ errorRate: 0.04 })).last;
    const { seen, staged } = await followed({ errorRate: 0.04 }, {}, 6);
    let last = seen.at(-1);
    for (let i = 0; last?.phase === "Running" && i < 100; i++) {
      const options = staged.process();
      const successor = createStepProvider(options);
      await successor.run(requestOf({}, patient, last.status));
      await staged.passUntil((staged.clock.now() - start) / 1_000 + 16);
      last = await successor.run(requestOf({}, patient, last.status));
      await options.follower.close();
    }
    expect(last).toMatchObject({ phase: "Failed", message: undisturbed?.message });
  });

  it("answers the same again after it has ended", async () => {
    const { provider, last, seen } = await followed({ errorRate: 0.04 });
    const again = await provider.run(requestOf({}, patient, seen.at(-2)?.status));
    expect(again).toEqual(last);
  });

  it("begins another analysis when the step begins again", async () => {
    const staged = stage();
    const provider = createStepProvider(staged.process());
    const first = await provider.run(requestOf());
    await staged.passUntil(30);
    const second = await provider.run(requestOf());
    expect(second.status?.["analysis"]).not.toBe(first.status?.["analysis"]);
  });

  it("takes a status that is not its own for none", async () => {
    const provider = createStepProvider(stage().process());
    const result = await provider.run({ ...requestOf(), status: '{"startedAt":"yesterday"}' });
    expect(result).toMatchObject({ phase: "Running" });
  });

  it("begins another analysis when its status is of another canary", async () => {
    const provider = createStepProvider(stage().process());
    const first = await provider.run(requestOf());
    const second = await provider.run(requestOf({}, { ...patient, canaryHash: "77aa" }, first.status));
    expect(second.status?.["analysis"]).toMatch(/^r-1\/77aa\//);
    const hurried = { ...patient, canaryHash: "88bb", progressDeadlineSeconds: 60 };
    expect(await provider.run(requestOf({}, hurried, second.status))).toMatchObject({ phase: "Failed" });
  });

  it("tells the analysis the weight of the Rollout", async () => {
    const staged = stage();
    const options = staged.process();
    const provider = createStepProvider(options);
    const weighed = { ...patient, weight: 20 };
    const first = await provider.run(requestOf({}, weighed));
    await staged.passUntil(30);
    await provider.run(requestOf({}, weighed, first.status));
    const { state } = await options.follower.get(String(first.status?.["analysis"]));
    expect(state?.weight).toBe(20);
  });
});

describe("an inconclusive analysis", () => {
  const tooFew = { minCanaryRequests: 1_000_000 };

  it("rolls back unless told otherwise", async () => {
    const { last } = await followed({}, tooFew);
    expect(last).toMatchObject({ phase: "Failed", message: expect.stringMatching(/^inconclusive: /) });
  });

  it("promotes where that is chosen, and says so", async () => {
    const { last } = await followed({}, { ...tooFew, onInconclusive: "promote" });
    expect(last).toMatchObject({ phase: "Successful", message: expect.stringMatching(/^inconclusive: /) });
  });

  it("is held where that is chosen, and rolled back when nobody came", async () => {
    const config = { ...tooFew, onInconclusive: "hold", holdTimeout: "2m" };
    const { seen, last, staged } = await followed({}, config);
    const held = seen.filter(({ message }) => message.startsWith("inconclusive, held for"));
    expect(held.length).toBeGreaterThan(3);
    expect(held.every(({ phase }) => phase === "Running")).toBe(true);
    expect(last?.phase).toBe("Failed");
    expect(staged.clock.now() - start).toBeGreaterThan(600_000);
  });
});

describe("what goes wrong", () => {
  it("is Failed at once, with every problem, for a wrong configuration", async () => {
    const { last } = await followed({}, { duration: "tomorrow", metricz: [] });
    expect(last).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/duration.*metricz|metricz.*duration/),
    });
    const chosen = await followed({}, { onInconclusive: "wait" });
    expect(chosen.last).toMatchObject({
      phase: "Failed",
      message: expect.stringMatching(/rollback, hold, promote/),
    });
  });

  it("is Failed at once where the Rollout would be given up before it ends, and says what to set", async () => {
    const options = stage().process();
    const provider = createStepProvider(options);
    const result = await provider.run(requestOf({ duration: "15m" }, rollout));
    expect(result).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("spec.progressDeadlineSeconds to 960 or more"),
    });
    expect(await options.follower.running()).toBe(0);
    const held = await provider.run(requestOf({ onInconclusive: "hold" }, { ...rollout, stepIndex: 2 }));
    expect(held).toMatchObject({ phase: "Failed", message: expect.stringContaining("`holdTimeout`") });
  });

  it("is Failed where there is nothing to compare with", async () => {
    const provider = createStepProvider(stage().process());
    const first = await provider.run(requestOf({}, { ...patient, stableHash: "" }));
    expect(first).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("no stable ReplicaSet"),
    });
    const same = await provider.run(requestOf({}, { ...patient, stableHash: "6bd9" }));
    expect(same).toMatchObject({ phase: "Failed", message: expect.stringContaining("nothing to compare") });
  });

  it("is asked again while there is no room for another analysis", async () => {
    const options = stage().process();
    const full = new CoalmineError("too-large", "as many run as may");
    const follower = { ...options.follower, adopt: () => Promise.reject(full) };
    const result = await createStepProvider({ ...options, follower }).run(requestOf());
    expect(result).toMatchObject({ phase: "Running", message: "as many run as may" });
    expect(result.requeueAfterMs).toBeGreaterThan(10_000);
  });
});

describe.each(["terminate", "abort"] as const)("%s", (operation) => {
  it("cancels the analysis that runs", async () => {
    const staged = stage();
    const options = staged.process();
    const provider = createStepProvider(options);
    const { status } = await provider.run(requestOf());
    await staged.passUntil(30);
    const result = await provider[operation](requestOf({}, patient, status));
    expect(result).toMatchObject({ phase: "Successful", message: "the analysis was cancelled" });
    expect(await options.follower.running()).toBe(0);
  });

  it("does not reach the analysis of another Rollout, whatever the status says", async () => {
    const options = stage().process();
    const provider = createStepProvider(options);
    const { status } = await provider.run(requestOf());
    await provider[operation](requestOf({}, { ...patient, uid: "r-2" }, status));
    expect(await options.follower.running()).toBe(1);
  });

  it("does nothing to one that has ended, to one that nobody knows, and without a status", async () => {
    const { provider, last, staged } = await followed({});
    const ended = { phase: "Successful", message: "the analysis had ended" };
    expect(await provider[operation](requestOf({}, patient, last?.status ?? null))).toMatchObject(ended);
    const other = createStepProvider(staged.process());
    expect(await other[operation](requestOf({}, patient, last?.status ?? null))).toMatchObject(ended);
    expect(await other[operation](requestOf())).toMatchObject(ended);
  });
});
