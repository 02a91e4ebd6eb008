import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CompareCounts,
  type CompareState,
  type CompareTest,
  commitCompare,
  logCompare,
  lookCompare,
  startCompare,
} from "../../../src/engine/sequential/compare-test.ts";
import { betterGrid, geometricGrid, outageGrid, worseGrid } from "../../../src/engine/sequential/grids.ts";
import { expectAgreement, oracleCases } from "../stats-oracle.ts";

type Row = readonly [nc: number, xc: number, nb: number, xb: number];

interface Params {
  readonly r: number;
  readonly d: number;
  readonly cap: number | null;
  readonly phi: number;
  readonly horizon: number;
  readonly priorRate: number;
  readonly priorN: number;
}

const testOf = (grid: readonly number[], given: Params): CompareTest => ({
  rule: { grid, horizon: given.horizon, cap: given.cap ?? Number.POSITIVE_INFINITY, dispersion: given.phi },
  ratio: given.r,
  points: given.d,
  prior: { rate: given.priorRate, requests: given.priorN },
});

const counts = ([nc, xc, nb, xb]: Row): CompareCounts => ({ nc, xc, nb, xb });

const defaultTest = (grid: readonly number[], ratio: number, points: number): CompareTest => ({
  rule: { grid, horizon: 60, cap: 2, dispersion: 1 },
  ratio,
  points,
  prior: { rate: 0.001, requests: 1000 },
});

const tests = [
  defaultTest(worseGrid, 1.25, 0),
  defaultTest(betterGrid, 2, 0.005),
  defaultTest(outageGrid, 4, 0.02),
];

const anyTest = fc.constantFrom(...tests);

const stratum = fc
  .tuple(
    fc.nat(5000),
    fc.nat(50_000),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([nc, nb, c, b]) => ({ nc, xc: Math.floor(nc * c ** 3), nb, xb: Math.floor(nb * b ** 3) }));

/** A state with some history. */
function replayed(test: CompareTest, history: readonly CompareCounts[]): CompareState {
  return history.reduce(
    (state, look) => commitCompare(test, lookCompare(test, state, [look])),
    startCompare(test),
  );
}

describe("the compare test", () => {
  it.each(
    oracleCases<Params & { ticks: Row[]; gridLo: number; gridHi: number; J: number }, { logE: number[] }>(
      "countEProcess",
    ),
  )("agrees with the reference tick by tick: $id", ({ in: given, out, tol }) => {
    const test = testOf(geometricGrid(given.gridLo, given.gridHi, given.J), given);
    let state = startCompare(test);
    for (const [k, row] of given.ticks.entries()) {
      state = commitCompare(test, lookCompare(test, state, [counts(row)]));
      expectAgreement(logCompare(test, state), out.logE[k]!, tol);
    }
  });

  it.each(
    oracleCases<{ params: Params & { grid: number[] }; ticks: Row[][] }, number[][]>("countEProcessLooks"),
  )("agrees with the reference look by look: $id", ({ in: { params, ticks }, out, tol }) => {
    const test = testOf(params.grid, params);
    let state = startCompare(test);
    for (const [k, looks] of ticks.entries()) {
      for (const [i, look] of looks.entries()) {
        state = lookCompare(test, state, [counts(look)]);
        expectAgreement(logCompare(test, state), out[k]![i]!, tol);
      }
      state = commitCompare(test, state);
    }
  });

  it("starts at even odds, and stays there until a cohort is compared", () => {
    for (const test of tests) {
      const start = startCompare(test);
      expect(logCompare(test, start)).toBeCloseTo(0, 12);
      const alone = lookCompare(test, start, [
        { nc: 50, xc: 50, nb: 0, xb: 0 },
        { nc: 0, xc: 0, nb: 950, xb: 5 },
      ]);
      expect(logCompare(test, alone)).toBeCloseTo(0, 12);
    }
  });

  it("learns the baseline's rate from committed ticks only, also where the canary is silent", () => {
    const test = defaultTest(worseGrid, 1.25, 0.001);
    const look = { nc: 50, xc: 1, nb: 950, xb: 5 };
    const start = startCompare(test);
    const learning = lookCompare(test, start, [{ nc: 0, xc: 0, nb: 9000, xb: 900 }]);
    expect(logCompare(test, lookCompare(test, learning, [look]))).toBe(
      logCompare(test, lookCompare(test, start, [look])),
    );

    const silent = commitCompare(test, startCompare(test));
    const taught = commitCompare(test, learning);
    expect(taught.past).toEqual({ requests: 9000, bad: 900 });
    expect(logCompare(test, lookCompare(test, taught, [look]))).not.toBeCloseTo(
      logCompare(test, lookCompare(test, silent, [look])),
      3,
    );
  });

  it("adds at most the cap in one tick, however bad it was", () => {
    const test = defaultTest(worseGrid, 1.25, 0);
    const burst = { nc: 50, xc: 50, nb: 950, xb: 0 };
    let state = startCompare(test);
    for (const tick of [1, 2, 3]) {
      for (let look = 0; look < 4; look++) state = lookCompare(test, state, [burst, burst]);
      expect(logCompare(test, state)).toBeLessThanOrEqual(2 * tick);
      state = commitCompare(test, state);
    }
    expect(logCompare(test, state)).toBeGreaterThan(Math.log(20));
  });

  it("does not mind the order of strata, nor whether they come in one look or several", () => {
    fc.assert(
      fc.property(
        anyTest,
        fc.array(stratum, { maxLength: 5 }),
        fc.array(stratum, { maxLength: 3 }),
        (test, strata, history) => {
          const state = replayed(test, history);
          const expected = logCompare(test, lookCompare(test, state, strata));
          const reversed = logCompare(test, lookCompare(test, state, [...strata].reverse()));
          const oneByOne = strata.reduce((running, one) => lookCompare(test, running, [one]), state);
          const tolerance = 1e-12 * Math.max(1, Math.abs(expected));
          expect(Math.abs(reversed - expected)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(logCompare(test, oneByOne) - expected)).toBeLessThanOrEqual(tolerance);
        },
      ),
    );
  });

  it("gives finite evidence for any counts, and a state that survives JSON", () => {
    fc.assert(
      fc.property(anyTest, fc.array(stratum, { maxLength: 8 }), (test, history) => {
        const state = replayed(test, history);
        expect(Number.isFinite(logCompare(test, state))).toBe(true);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it("leaves evidence as it was over an empty tick", () => {
    fc.assert(
      fc.property(anyTest, fc.array(stratum, { maxLength: 4 }), (test, history) => {
        const state = replayed(test, history);
        const after = commitCompare(test, lookCompare(test, state, []));
        const tolerance = 1e-12 * Math.max(1, Math.abs(logCompare(test, state)));
        expect(Math.abs(logCompare(test, after) - logCompare(test, state))).toBeLessThanOrEqual(tolerance);
      }),
    );
  });

  it("has a mean e-value of at most 1 on the edge of its null, margin by margin", () => {
    const random = mulberry32(20_241);
    for (const test of tests) {
      const ticks = 4;
      const baseline = 0.01;
      const canary = test.ratio * baseline + test.points;
      const runs = 2000;
      let sum = 0;
      let squares = 0;
      for (let run = 0; run < runs; run++) {
        let state = startCompare(test);
        for (let tick = 0; tick < ticks; tick++) {
          const look = {
            nc: 20,
            xc: binomial(random, 20, canary),
            nb: 60,
            xb: binomial(random, 60, baseline),
          };
          state = commitCompare(test, lookCompare(test, state, [look]));
        }
        const e = Math.exp(logCompare(test, state));
        sum += e;
        squares += e * e;
      }
      const mean = sum / runs;
      const standardError = Math.sqrt((squares / runs - mean ** 2) / runs);
      expect(mean).toBeLessThanOrEqual(1 + 3 * standardError);
      expect(mean).toBeGreaterThan(0.3);
    }
  });

  it.each([
    { nc: -1, xc: 0, nb: 1, xb: 0 },
    { nc: 1, xc: 2, nb: 1, xb: 0 },
    { nc: 1, xc: 0, nb: 1, xb: 2 },
    { nc: Number.NaN, xc: 0, nb: 1, xb: 0 },
    { nc: 1, xc: 0, nb: Number.POSITIVE_INFINITY, xb: 0 },
    { nc: 1, xc: 0, nb: 1, xb: Number.NaN },
  ])("refuses counts that are none: %o", (wrong) => {
    const test = defaultTest(worseGrid, 1.25, 0);
    expect(() => lookCompare(test, startCompare(test), [wrong])).toThrow(RangeError);
  });

  it.each([
    { ratio: 0 },
    { ratio: Number.NaN },
    { points: -0.001 },
    { points: 1 },
    { prior: { rate: 0, requests: 1000 } },
    { prior: { rate: 0.001, requests: 0 } },
  ])("refuses a test with %o", (wrong) => {
    expect(() => startCompare({ ...defaultTest(worseGrid, 1.25, 0), ...wrong })).toThrow(RangeError);
  });
});

function binomial(random: () => number, n: number, p: number): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (random() < p) count++;
  return count;
}

/** A small seeded generator, so that the run is the same every time. */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
