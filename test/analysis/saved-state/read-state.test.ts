import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { AnalysisState } from "../../../src/analysis/advance/state.ts";
import { type Plan, planAnalysis } from "../../../src/analysis/plan/plan.ts";
import { readState } from "../../../src/analysis/saved-state/read-state.ts";
import { writeState } from "../../../src/analysis/saved-state/write-state.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { seeded } from "../../support/seeded.ts";
import { problemsIn } from "../spec/problems-in.ts";
import { goOn, type RunName, realRun, runNames, startedAt, stateAfter, stepsOf } from "./real-runs.ts";

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("readState", () => {
  it.each(runNames)("reads back what a run has written, at every look: %s", async (name) => {
    const run = realRun(name);
    const plan = planAnalysis(run.spec);
    const steps = await stepsOf(run);
    for (const { state } of steps) {
      expect(readState(throughJson(writeState(state)), plan)).toEqual(state);
      if (name !== "sums that overflow") expect(readState(throughJson(state), plan)).toEqual(state);
    }
    expect(steps.length).toBeGreaterThan(1);
  });

  it("keeps a gauge's sums that are no numbers of JSON", async () => {
    const { state, plan } = await stateAfter(realRun("sums that overflow"), 20);
    const sums = readState(throughJson(writeState(state)), plan).metrics.flatMap((metric) =>
      metric.kind === "gauge" ? [metric.total.canary.sum] : [],
    );
    expect(sums).toEqual([Number.POSITIVE_INFINITY]);
    expect(problemsIn(() => readState(throughJson(state), plan))).toContainEqual(
      expect.stringContaining("metrics.4.total.canary.sum"),
    );
  });

  it.each([
    "the default spec",
    "a regression",
    "every kind of metric",
    "no past",
    "two regions",
    "scrapes apart",
  ] as const)("lets an analysis that stops after every look go on bit for bit: %s", async (name) => {
    const run = realRun(name);
    const plan = planAnalysis(run.spec);
    const whole = await stepsOf(run);
    let state: AnalysisState | null = null;
    let at = startedAt;
    for (const step of whole) {
      const next = await goOn(run, state, at);
      expect(next).toEqual(step);
      state = readState(throughJson(writeState(next.state)), plan);
      at = Date.parse(step.look.at);
    }
    expect(state?.decision).not.toBeNull();
  });

  it("refuses counts of latency that no histogram has", async () => {
    const { state, plan } = await stateAfter(realRun("every kind of metric"), 20);
    const turned = state.metrics.map((metric) =>
      metric.kind === "counts" && metric.layout?.form !== "events"
        ? { ...metric, rows: metric.rows.map((row) => ({ ...row, xc: row.xc.map((_, i) => i) })) }
        : metric,
    );
    expect(problemsIn(() => readState(throughJson({ ...state, metrics: turned }), plan))).toEqual([
      expect.stringMatching(/^metrics.1.rows: .* slower than the one below it/),
      expect.stringMatching(/^metrics.2.rows: .* slower than the one below it/),
    ]);
  });

  it("refuses the state of a spec that asks something else", async () => {
    const states = await Promise.all(unlike.map((name) => stateAfter(realRun(name), 8)));
    for (const [i, { state }] of states.entries()) {
      for (const [j, { plan }] of states.entries()) {
        const problems = problemsIn(() => readState(throughJson(writeState(state)), plan));
        expect(problems.length > 0, `${unlike[i]} as ${unlike[j]}`).toBe(i !== j);
      }
    }
  });

  it("says what it is, what it is of, and what to do", async () => {
    const { plan } = await stateAfter(realRun("the default spec"), 1);
    const { state } = await stateAfter(realRun("every kind of metric"), 1);
    const read = () => readState(throughJson(state), plan);
    expect(read).toThrow(
      "start the analysis anew: metrics: expected 2 entries (one a metric of the spec), got 6",
    );
    expect(codeOf(read)).toBe("invalid-request");
  });

  it.each([null, undefined, "", 7, [[]], {}, { version: 1 }])("refuses %j", (value) => {
    expect(codeOf(() => readState(value, planAnalysis(realRun("the default spec").spec)))).toBe(
      "invalid-request",
    );
  });

  it("refuses a state of another version, and says so", async () => {
    const { state, plan } = await stateAfter(realRun("the default spec"), 1);
    expect(() => readState({ ...state, version: 2 }, plan)).toThrow("another version of Coalmine");
  });

  it.each([
    ["every kind of metric", 9, 0.1],
    ["a regression", -1, 0.2],
    ["no past", 2, 0.5],
    ["no baseline", 9, 0.5],
    ["scrapes apart", 9, 0.5],
  ] as const)(
    "refuses a state that was cut or changed, or goes on from it without a fault: %s, look %i",
    async (name, looks, share) => {
      const run = realRun(name);
      const { state, plan, at } = await stateAfter(run, looks);
      const random = seeded(9);
      for (const { path, changed } of changesOf(throughJson(writeState(state)))) {
        if (random() >= share) continue;
        const read = readOrNull(changed, plan);
        if (read === null || isDeepStrictEqual(read, state)) continue;
        // What no spec can tell; only a checksum could.
        expect(path, "was accepted").toMatch(untold);
        if (read.decision === null) await expect(goOn(run, read, at)).resolves.toBeDefined();
      }
    },
  );

  it("refuses counts that the evidence has not met", async () => {
    const { state, plan } = await stateAfter(realRun("the default spec"), 20);
    const changed = {
      ...state,
      metrics: state.metrics.map((metric) => (metric.kind === "counts" ? { ...metric, rows: [] } : metric)),
    };
    expect(problemsIn(() => readState(changed, plan))).toContain(
      "metrics.0.questions.0: its requests of the baseline are not those of the rows",
    );
  });
});

/** Runs whose specs differ in what they ask, not in numbers alone. */
const unlike: readonly RunName[] = [
  "the default spec",
  "every kind of metric",
  "no baseline",
  "two regions",
  "native histograms",
];

/**
 * Pods, warnings and pods' hashes may be struck out, silence of those who have
 * not been heard yet, and counts that no comparison has met.
 */
const untold = /^(pods[.]\d+[.]pods[.]|warnings$|metrics[.]\d+[.](pods|podsWithBad|silence|rows)$)/;

function codeOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return CoalmineError.from(error).code;
  }
}

function readOrNull(value: unknown, plan: Plan): AnalysisState | null {
  try {
    return readState(value, plan);
  } catch (error) {
    expect(CoalmineError.from(error).code).toBe("invalid-request");
    return null;
  }
}

interface Change {
  /** Of the key that was deleted, or the value that was changed. */
  readonly path: string;
  readonly changed: unknown;
}

/** Every value that has, somewhere, one key less, one entry less, another kind, or a value of another type. */
function* changesOf(whole: unknown): Generator<Change> {
  for (const path of pathsOf(whole, [])) {
    for (const change of changes) {
      const changed = changedAt(whole, path, change);
      if (changed !== null) yield { path: path.join("."), changed };
    }
  }
}

/** Gives the value to put in the place of one; undefined deletes it, null leaves it as it is. */
type ChangeOf = (value: unknown, key: string, isEntry: boolean) => unknown;

const kinds = ["counts", "gauge", "condition", "compare", "slower", "limit"];

const changes: readonly ChangeOf[] = [
  (_value, _key, isEntry) => (isEntry ? null : undefined),
  (value) => (Array.isArray(value) && value.length > 0 ? value.slice(0, -1) : null),
  (value) => (typeof value === "string" ? 1 : "text"),
  ...kinds.map(
    (kind): ChangeOf =>
      (value, key) =>
        key === "kind" && value !== kind ? kind : null,
  ),
];

/** A copy that is changed at the path and shares the rest; null if nothing was to be changed. */
function changedAt(whole: unknown, path: readonly string[], change: ChangeOf): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof whole !== "object" || whole === null) return null;
  const inner: unknown = Object.entries(whole).find(([name]) => name === key)?.[1];
  const changed =
    rest.length === 0 ? change(inner, key, Array.isArray(whole)) : changedAt(inner, rest, change);
  if (changed === null) return null;
  if (Array.isArray(whole)) return whole.with(Number(key), changed);
  const others = Object.entries(whole).filter(([name]) => name !== key);
  return Object.fromEntries(changed === undefined ? others : [...others, [key, changed]]);
}

/** Of a list of numbers or texts, one stands for all. */
function* pathsOf(value: unknown, at: readonly string[]): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (Array.isArray(value) && key !== "0" && typeof inner !== "object") continue;
    yield [...at, key];
    yield* pathsOf(inner, [...at, key]);
  }
}
