/** States that were kept, and rows of the store. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll } from "vitest";
import type { AnalysisState } from "../../src/analysis/advance/state.ts";
import { planAnalysis } from "../../src/analysis/plan/plan.ts";
import { buildResult } from "../../src/analysis/report/build-result.ts";
import { readState } from "../../src/analysis/saved-state/read-state.ts";
import { writeState } from "../../src/analysis/saved-state/write-state.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { lookOfText, recordOfRow, type StateCodec } from "../../src/store/sql/analysis-row.ts";
import { columnText, textOfColumn } from "../../src/store/sql/column-text.ts";
import { type RunName, realRun, stepsOf } from "../analysis/saved-state/real-runs.ts";
import { recordOf } from "../support/sample-record.ts";
import { damagedJson } from "./support/damage-json.ts";
import { damagedText } from "./support/damage-text.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { anyText } from "./support/hostile.ts";

const names: readonly RunName[] = ["every kind of metric", "no baseline", "two regions"];
const saved: { readonly name: RunName; readonly state: AnalysisState }[] = [];
beforeAll(async () => {
  for (const name of names) {
    const steps = await stepsOf(realRun(name));
    for (const at of [0, 5, -1]) {
      const state = steps.at(at)?.state;
      if (state !== undefined) saved.push({ name, state });
    }
  }
});

/** Drawn when it is used: the runs come to their end after the tests are written down. */
const states = fc.nat({ max: 8 }).chain((index) => {
  const one = saved[index % saved.length];
  if (one === undefined) throw new RangeError("no state was saved");
  return fc.tuple(fc.constant(one.name), damagedJson(fc.constant(writeState(one.state))));
});

fuzzParser({
  name: "readState",
  inputs: states,
  reaches: ["read", "invalid-request"],
  read([name, json]) {
    const plan = planAnalysis(realRun(name).spec);
    const state = readState(parsed(json), plan);
    const again = readState(JSON.parse(JSON.stringify(writeState(state))), plan);
    if (!isDeepStrictEqual(withoutNegativeZero(again), withoutNegativeZero(state)))
      throw new Error("writeState is not read back");
    JSON.stringify(buildResult(plan, state, "id", state.consumedTo ?? state.startedAt));
  },
});

/** JSON has no -0. */
function withoutNegativeZero(state: AnalysisState): unknown {
  return JSON.parse(JSON.stringify(state));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const codec: StateCodec = { write: writeState, read: (value, spec) => readState(value, planAnalysis(spec)) };
const record = recordOf("id", { key: "k" });
/** A row that is damaged is the server's fault: `internal`, and named. */
const isDamagedRow = (thrown: unknown) =>
  thrown instanceof CoalmineError && thrown.code === "internal" && thrown.message.startsWith("the analysis ")
    ? "damaged row"
    : null;

const columns = { pieces: ["\\", '"', "\\u0000"], longest: 5_000 };
/** A column that now and then is damaged. */
const now = (value: unknown) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(JSON.stringify(value)) }, damagedJson(fc.constant(value)));

fuzzParser({
  name: "rows of the store",
  inputs: fc.record({
    id: damagedText(fc.constant("id"), { ...columns, intact: 80 }),
    key: fc.option(damagedText(fc.constant("k"), { ...columns, intact: 80 })),
    phase: fc.constantFrom("running", "running", "running", "done", "x"),
    revision: fc.nat(),
    spec: now(record.spec),
    state: fc.option(now(record.state === null ? null : writeState(record.state))),
    result: now(record.result),
  }),
  reaches: ["read", "damaged row"],
  isRefusal: isDamagedRow,
  read: (stored) => recordOfRow(stored, codec),
});

fuzzParser({
  name: "looks of the store",
  inputs: damagedJson(fc.constant({ at: "2026-01-01T00:00:00Z", score: 50, evidence: [] })),
  reaches: ["read", "damaged row"],
  isRefusal: isDamagedRow,
  read: (text) => lookOfText("id", text),
});

fuzzParser({
  name: "columnText and textOfColumn",
  inputs: anyText(300),
  reaches: ["read"],
  read(text) {
    if (textOfColumn(columnText(text)) !== text) throw new Error("the text is another after the column");
  },
});
