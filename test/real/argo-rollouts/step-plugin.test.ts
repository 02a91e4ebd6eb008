/** The step plugin on the stock controller: what a step can and cannot do to a Rollout. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RolloutState } from "../../support/rollout.ts";
import { badImage, checkoutWith, goodImage, openShop, patience, quickSpec, type Shop } from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop?.close());

const stepOf = (changes: Readonly<Record<string, unknown>> = {}) => ({
  plugin: { name: "coalmine/step", config: { ...quickSpec, ...changes } },
});
const release = async (name: string, steps: readonly unknown[], image: string) => {
  const opened = await shop.open(
    name,
    checkoutWith({ steps: [{ setWeight: 25 }, ...steps, { setWeight: 50 }] }),
  );
  await opened.rollout.setImage(image);
  return opened;
};
const statusOf = ({ status }: RolloutState, operation: string) =>
  status.canary.stepPluginStatuses.find((plugin) => plugin.operation === operation);
const tooFew = { minCanaryRequests: 1_000_000_000 };

describe.concurrent("a step", () => {
  it("lets a good release pass, after calls 15 s apart, with its status an object", async () => {
    const { rollout } = await release("step-good", [stepOf()], goodImage);
    const running = await rollout.waitFor(
      "the step runs",
      (state) => statusOf(state, "Run")?.phase === "Running",
      patience,
    );
    expect(statusOf(running, "Run")?.status).toMatchObject({
      verdict: "running",
      analysis: expect.any(String),
    });
    const { status } = await rollout.waitForPhase("Healthy", patience);
    expect(status.stableRS).toBe(status.currentPodHash);
  });

  it("aborts a bad one, and the Rollout says why", async () => {
    const { rollout, namespace } = await release("step-bad", [stepOf()], badImage);
    const { status } = await rollout.waitForPhase("Degraded", patience);
    expect(status.abort).toBe(true);
    expect(status.message).toMatch(/Step Plugin \d+ \(coalmine\/step\) failed: .*errors/);
    expect(await shop.argo.command(namespace.name, "get", "rollout", "checkout")).toMatch(/errors/);
  });

  it("that is inconclusive rolls back, or waits for somebody where that is chosen", async () => {
    const [rolledBack, held] = await Promise.all([
      release("step-rollback", [stepOf(tooFew)], goodImage),
      release("step-hold", [stepOf({ ...tooFew, onInconclusive: "hold", holdTimeout: "5m" })], goodImage),
    ]);
    const { status } = await rolledBack.rollout.waitForPhase("Degraded", patience);
    expect(status.message).toMatch(/inconclusive: /);
    const waiting = await held.rollout.waitFor(
      "the step is held",
      (state) => /^inconclusive, held for/.test(statusOf(state, "Run")?.message ?? ""),
      patience,
    );
    expect(statusOf(waiting, "Run")?.phase).toBe("Running");
    await shop.argo.command(held.namespace.name, "abort", "checkout");
    const aborted = await held.rollout.waitFor(
      "the step was told",
      (state) => statusOf(state, "Abort") !== undefined,
      patience,
    );
    expect(statusOf(aborted, "Abort")?.phase).toBe("Successful");
  });

  it("that has passed is told of a later abort, and has nothing to undo", async () => {
    const { rollout, namespace } = await release("step-abort", [stepOf(), { pause: {} }], goodImage);
    await rollout.waitForPhase("Paused", patience);
    await shop.argo.command(namespace.name, "abort", "checkout");
    const aborted = await rollout.waitFor(
      "the step was told",
      (state) => statusOf(state, "Abort") !== undefined,
      patience,
    );
    expect(statusOf(aborted, "Abort")).toMatchObject({
      phase: "Successful",
      message: "the analysis had ended",
    });
  });

  it("that would outlast the progress deadline is refused at once, with what to set", async () => {
    const { rollout } = await release("step-deadline", [stepOf({ duration: "30m" })], goodImage);
    const { status } = await rollout.waitForPhase("Degraded", patience);
    expect(status.message).toContain("spec.progressDeadlineSeconds to 1860 or more");
  });
});
