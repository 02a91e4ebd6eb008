import { readFileSync } from "node:fs";
import type { ResultValue } from "../../../../src/adapters/argo-rollouts/conditions/value.ts";

/** One line of what Argo Rollouts' own evaluation gave, with its version of expr. */
export interface Vector {
  readonly result: ResultValue;
  readonly text: string;
  readonly outcome: "true" | "false" | "ERROR";
  /** The line, for messages. */
  readonly line: string;
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** The first column of the files: a value of Go. Those of JSON stand under a name. */
const results: ReadonlyMap<string, ResultValue> = new Map<string, ResultValue>([
  ["nil", null],
  ["(*float64)(nil)", null],
  ["json null", null],
  ["true", true],
  ["*1.5", 1.5],
  ["1e19", 1e19],
  ["NaN", nan],
  ["+Inf", infinity],
  ["-Inf", -infinity],
  ["[]", new Float64Array()],
  ["[NaN]", new Float64Array([nan])],
  ["[+Inf]", new Float64Array([infinity])],
  ["json int", 5],
  ["json empty arr", []],
  ["json empty obj", {}],
  ["json arr", [1, "two", true, null]],
  ["json arr-of-obj", [{ v: 1 }, { v: 2 }]],
  ["json obj", { ok: true, p: 0.95, n: null, verdict: "pass", "percentile[95]": 75, "a-b": 1 }],
  [
    "json nested",
    {
      a: { b: { c: 1 } },
      arr: [
        { k: "x", v: 1 },
        { k: "y", v: 2 },
      ],
      s: "two",
      t: true,
      z: null,
    },
  ],
]);

/** The vectors of one version of expr. */
export function readVectors(version: "1.15.5" | "1.17.8"): readonly Vector[] {
  const file = new URL(`../../../reference/argo-rollouts/argo-expr-vectors-${version}.txt`, import.meta.url);
  return readFileSync(file, "utf8").split("\n").filter(Boolean).map(vectorOf);
}

function vectorOf(line: string): Vector {
  const [, value, text, outcome] = /^(.{16}) \| (.*?) *\| (true|false|ERROR)(?: *\|.*)?$/.exec(line) ?? [];
  if (outcome !== "true" && outcome !== "false" && outcome !== "ERROR") throw new Error(`no vector: ${line}`);
  return { result: resultOf(value?.trim() ?? ""), text: text ?? "", outcome, line };
}

function resultOf(value: string): ResultValue {
  const known = results.get(value);
  if (known !== undefined) return known;
  if (value.startsWith("[")) return new Float64Array(value.slice(1, -1).split(",").map(Number));
  if (value.startsWith('"')) return value.slice(1, -1);
  const number = Number(value.replace(/ float$/, ""));
  if (Number.isNaN(number)) throw new Error(`no value: ${value}`);
  return number;
}
