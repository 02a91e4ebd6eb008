import { describe, expect, it } from "vitest";
import { parseRollout } from "../../../../src/adapters/argo-rollouts/kubernetes/parse-rollout.ts";

const metadata = { uid: "1", name: "checkout", namespace: "shop" };
const parsed = (parts: object) =>
  parseRollout(JSON.stringify({ kind: "Rollout", metadata, spec: {}, ...parts }));

describe("parseRollout", () => {
  it("has the controller's defaults for a Rollout that it has not seen yet", () => {
    const expected = {
      stableHash: "",
      canaryHash: "",
      stepIndex: null,
      weight: null,
      progressDeadlineSeconds: 600,
    };
    expect(parsed({})).toEqual({ ...metadata, ...expected });
    expect(parsed({ status: { canary: {} } })).toEqual({ ...metadata, ...expected });
  });

  it("gives the weight in percent where the router's whole is not 100", () => {
    const spec = { strategy: { canary: { trafficRouting: { maxTrafficWeight: 1000 } } } };
    const status = { canary: { weights: { canary: { weight: 25 } } } };
    expect(parsed({ spec, status }).weight).toBe(2.5);
    expect(parsed({ status }).weight).toBe(25);
    expect(parsed({ status: { canary: { weights: { canary: { weight: 0 } } } } }).weight).toBe(0);
  });

  it.each([
    ["metadata.uid", { metadata: { ...metadata, uid: undefined } }],
    ["status.currentStepIndex", { status: { currentStepIndex: "1" } }],
    ["status.canary.weights.canary.weight", { status: { canary: { weights: { canary: { weight: -1 } } } } }],
    ["kind", { kind: "List" }],
  ])("names %s where it is not what it should be", (path, parts) => {
    expect(() => parsed(parts)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`${path}: `) }),
    );
  });
});
