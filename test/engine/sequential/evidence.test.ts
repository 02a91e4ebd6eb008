import { describe, expect, it } from "vitest";
import {
  addIncrements,
  commitTick,
  type EvidenceRule,
  logEvidence,
  startEvidence,
} from "../../../src/engine/sequential/evidence.ts";

const rule: EvidenceRule = { grid: [2, 4], horizon: 5, cap: Number.POSITIVE_INFINITY, dispersion: 1 };

/** The mixture as its definition says: for each start tick the product of the ticks since. */
function evidenceByDefinition({ grid, horizon, cap, dispersion }: EvidenceRule, ticks: number[][]): number {
  const weight = (k: number) =>
    horizon <= 1 ? Number(k === 1) : k === 1 ? 0.5 : k <= horizon ? 0.5 / (horizon - 1) : 0;
  let sum = 0;
  let started = 0;
  for (let start = 1; start <= ticks.length; start++) {
    started += weight(start);
    for (const j of grid.keys()) {
      const gained = ticks.slice(start - 1).map((increments) => Math.min(increments[j]! / dispersion, cap));
      sum += (weight(start) / grid.length) * Math.exp(gained.reduce((a, b) => a + b, 0));
    }
  }
  return sum + 1 - started;
}

const ticks = [
  [0.3, -0.5],
  [1.2, 3],
  [-0.4, -2],
  [0, 0],
  [2.5, 5],
  [-1, 0.1],
  [0.6, 0.7],
];

describe("evidence", () => {
  it.each([
    { name: "a horizon of 5", change: {} },
    { name: "all weight on the first tick", change: { horizon: 0 } },
    { name: "a horizon of 1", change: { horizon: 1 } },
    { name: "a horizon of 2", change: { horizon: 2 } },
    { name: "a cap of 2 nats", change: { cap: 2 } },
    { name: "batches of 3 under a cap", change: { dispersion: 3, cap: 0.8 } },
  ])("is the mixture over grid and start tick, with $name", ({ change }) => {
    const changed = { ...rule, ...change };
    let state = startEvidence(changed);
    for (const [k, increments] of ticks.entries()) {
      state = addIncrements(state, increments);
      const expected = Math.log(evidenceByDefinition(changed, ticks.slice(0, k + 1)));
      expect(logEvidence(changed, state)).toBeCloseTo(expected, 12);
      state = commitTick(changed, state);
      expect(logEvidence(changed, state)).toBeCloseTo(expected, 12);
      expect(state.tick).toBe(k + 1);
    }
  });

  it("caps the sum of a tick's looks, not each look", () => {
    const capped = { ...rule, cap: 1 };
    const start = startEvidence(capped);
    const rising = addIncrements(addIncrements(start, [5, 5]), [-4.5, -4.5]);
    expect(logEvidence(capped, rising)).toBeCloseTo(
      logEvidence(capped, addIncrements(start, [0.5, 0.5])),
      12,
    );
  });

  it("does not change the state it is given", () => {
    const start = Object.freeze(startEvidence(rule));
    const copy = structuredClone(start);
    commitTick(rule, addIncrements(start, [1, 2]));
    expect(start).toEqual(copy);
  });

  it("has no change left to begin in the tick that is the horizon", () => {
    let state = startEvidence({ ...rule, horizon: 60 });
    for (let tick = 2; tick <= 60; tick++) state = commitTick({ ...rule, horizon: 60 }, state);
    expect(state.unstarted).toBe(0);
  });

  it("stays finite where e-values would overflow or vanish", () => {
    let up = startEvidence(rule);
    let down = startEvidence({ ...rule, horizon: 0 });
    for (let k = 0; k < 5; k++) {
      up = commitTick(rule, addIncrements(up, [900, 1e6]));
      down = commitTick({ ...rule, horizon: 0 }, addIncrements(down, [-900, -1e6]));
    }
    expect(logEvidence(rule, up)).toBeCloseTo(5e6 + Math.log(0.25), 6);
    expect(logEvidence({ ...rule, horizon: 0 }, down)).toBeCloseTo(-4500 - Math.log(2), 6);
  });

  it.each([[[1]], [[1, Number.NaN]], [[1, Number.POSITIVE_INFINITY]]])(
    "refuses the increments %o",
    (increments) => {
      expect(() => addIncrements(startEvidence(rule), increments)).toThrow(RangeError);
    },
  );

  it.each([
    { grid: [] },
    { grid: [0.5, 2] },
    { grid: [1, 2] },
    { grid: [0, 0.5] },
    { grid: [2, Number.NaN] },
    { horizon: -1 },
    { horizon: 1.5 },
    { cap: 0 },
    { cap: Number.NaN },
    { dispersion: 0.9 },
    { dispersion: Number.NaN },
  ])("refuses a rule with %o", (wrong) => {
    expect(() => startEvidence({ ...rule, ...wrong })).toThrow(RangeError);
  });
});
