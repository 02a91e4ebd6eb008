import { describe, expect, it } from "vitest";
import { createProviders } from "../../../src/app/argo-plugin/create-providers.ts";
import { requestOf } from "../../adapters/argo-rollouts/provider-stage.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

const rollout = {
  uid: "r",
  name: "checkout",
  namespace: "shop",
  stableHash: "a",
  canaryHash: "b",
  stepIndex: 0,
  weight: null,
  progressDeadlineSeconds: 600,
};

describe("a plugin whose settings cannot be used", () => {
  it("works all the same, and says why where users look", async () => {
    const logger = quietLogger();
    const { metric, step } = await createProviders(["--settings", "/nowhere.yaml"], {}, logger);
    const message = expect.stringMatching(/not set up: cannot read the settings file \/nowhere.yaml/);
    const measurement = await metric.run(requestOf());
    expect(measurement).toMatchObject({ phase: "Inconclusive", message });
    expect(await metric.resume(requestOf(), measurement)).toMatchObject({ phase: "Inconclusive", message });
    const request = { rollout, config: "", status: "" };
    expect(await step.run(request)).toMatchObject({ phase: "Failed", message });
    expect(await step.abort(request)).toMatchObject({ phase: "Successful" });
    expect(logger.errors).toHaveLength(1);
  });
});

describe("a plugin outside of a cluster", () => {
  it("says what is missing to a template that leaves the stable hash to it", async () => {
    const { metric } = await createProviders(["--source", "default=http://127.0.0.1:1"], {}, quietLogger());
    expect(await metric.run(requestOf())).toMatchObject({
      phase: "Inconclusive",
      message: expect.stringContaining("KUBERNETES_SERVICE_HOST"),
    });
  });
});
