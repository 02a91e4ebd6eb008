import { describe, expect, it } from "vitest";
import { seeded } from "../../../../tools/bench/random.ts";
import { drawRollouts } from "../../../../tools/bench/rollouts/families.ts";
import { simulate } from "../../../../tools/bench/rollouts/simulate.ts";
import { type Rollout, styles } from "../../../../tools/bench/rollouts/truth.ts";

const startedAt = Date.UTC(2026, 0, 5, 9);

function simulated(rollout: Rollout, seed = 5) {
  return simulate(rollout, { id: "svc", style: rollout.style }, startedAt, seeded(seed));
}

const rollouts = drawRollouts(1);
const restarting = rollouts.find(({ family, style }) => family === 9 && style === "http")!;

describe("drawRollouts", () => {
  it("has every family in every style that it can have", () => {
    const families = Map.groupBy(rollouts, ({ family }) => family);
    expect([...families.keys()]).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    for (const [family, ones] of families) {
      const has = new Set(ones.map(({ style }) => style));
      expect(has.size).toBe(family === 16 ? 3 : styles.length);
    }
  });
});

describe("simulate", () => {
  it("draws the same from the same seed", () => {
    expect(simulated(restarting)).toEqual(simulated(restarting));
    expect(simulated(restarting)).not.toEqual(simulated(restarting, 6));
  });

  it("lets a label set appear with its first event", () => {
    const first = simulated(restarting)
      .filter(({ labels }) => labels["__name__"] === "http_requests_total")
      .map(({ samples }) => samples[0]?.[1] ?? 0);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(1);
  });

  it("puts requests, the histogram's count and its last bucket in agreement", () => {
    const totals = new Map<string, number>();
    for (const { labels, samples } of simulated(rollouts.find(({ family }) => family === 1)!)) {
      const { __name__: name = "", le } = labels;
      if (le !== undefined && le !== "+Inf") continue;
      totals.set(name, (totals.get(name) ?? 0) + (samples.at(-1)?.[1] ?? 0));
    }
    const [, requests] = [...totals].find(([name]) => name.endsWith("requests_total"))!;
    expect(requests).toBeGreaterThan(1_000);
    for (const [name, total] of totals) if (!name.endsWith("_sum")) expect(total).toBe(requests);
  });

  it("resets counters at a restart and only then", () => {
    const drops = simulated(restarting).flatMap(({ samples }) =>
      samples.filter(([, value], i) => i > 0 && value < (samples[i - 1]?.[1] ?? 0)),
    );
    expect(drops.length).toBeGreaterThan(0);
    const healthy = simulated({ ...restarting, scrapes: { ...restarting.scrapes, restarts: [] } });
    for (const { samples } of healthy) {
      expect(samples.map(([, value]) => value)).toEqual(
        samples.map(([, value]) => value).sort((a, b) => a - b),
      );
    }
  });
});
