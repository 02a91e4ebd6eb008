import { describe, expect, it } from "vitest";
import { isClear } from "../../../../tools/bench/rollouts/information.ts";
import type { PodTruth, Rollout } from "../../../../tools/bench/rollouts/truth.ts";

const latency = { medianMs: 40, tailShare: 0.008, tailFromMs: 150 };

function pod(requestsAMinute: number, errorRate: number): PodTruth {
  return {
    from: 0,
    to: 30,
    traffic: () => requestsAMinute,
    errorRate: () => errorRate,
    latency: () => latency,
  };
}

function rollout(canary: PodTruth, onset = 0): Rollout {
  return {
    family: 13,
    style: "http",
    expected: "fail",
    minutes: 30,
    onset,
    alsoRight: [],
    canary: [canary],
    baseline: [pod(1_000, 0.005)],
    grpc: false,
    attempts: 1,
    scrapes: { restarts: [], lost: 0, gap: null, gatewayEnds: null },
  };
}

describe("isClear", () => {
  it("wants a rate beyond the pass margin of 2× + 0.5 pp, however much traffic there is", () => {
    expect(isClear(rollout(pod(100_000, 0.014)))).toBe(false);
    expect(isClear(rollout(pod(100_000, 0.016)))).toBe(true);
  });

  it("wants traffic enough for the regression to show", () => {
    expect(isClear(rollout(pod(1, 0.05)))).toBe(false);
    expect(isClear(rollout(pod(100, 0.05)))).toBe(true);
  });

  it("counts only what comes after the onset", () => {
    expect(isClear(rollout(pod(20, 0.05), 0))).toBe(true);
    expect(isClear(rollout(pod(20, 0.05), 29))).toBe(false);
  });

  it("sees a regression of latency alone", () => {
    const slow = { ...pod(100, 0.005), latency: () => ({ ...latency, medianMs: 120 }) };
    expect(isClear(rollout(slow))).toBe(true);
    expect(isClear(rollout(pod(100, 0.005)))).toBe(false);
  });
});
