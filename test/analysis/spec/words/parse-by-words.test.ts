import { expect, it } from "vitest";
import { parseByWords, wordAt } from "../../../../src/analysis/spec/words/parse-by-words.ts";
import { specDocument, specOf } from "../../../support/sample-record.ts";
import { plainForm } from "./plain-form.ts";

it("parses what is right", () => {
  expect(parseByWords(specDocument, new Map(), plainForm)).toEqual(specOf());
});

it("tells each problem by the word that set the key, or the key's part of the spec", () => {
  const document = {
    ...specDocument,
    cohorts: { canary: {}, baseline: {} },
    metrics: [{ kind: "errors", limit: "lots" }],
    duration: "soon",
    sourceTimeout: "later",
    budget: { falseAlarm: "60%" },
  };
  const words = new Map([
    ["metrics.0.limit", "errorLimit"],
    ["budget.falseAlarm", "falseAlarm"],
    ["duration", "duration"],
  ]);
  const paths = (form = plainForm) => {
    try {
      parseByWords(document, words, form);
      return [];
    } catch (error) {
      return error instanceof Error && "problems" in error && Array.isArray(error.problems)
        ? error.problems.map(({ path }) => path)
        : [];
    }
  };
  const told = ["errorLimit", "duration", "falseAlarm", "sourceTimeout"];
  expect(paths()).toEqual(expect.arrayContaining(told));
  expect(paths()).toHaveLength(told.length);
  const shouting = { ...plainForm, spell: (word: string) => word.toUpperCase() };
  expect(paths(shouting)).toEqual(expect.arrayContaining(told.map((word) => word.toUpperCase())));
});

it("tells of a cohort without a word by all that could be one", () => {
  const document = { ...specDocument, cohorts: { canary: {}, baseline: {} } };
  expect(() => parseByWords(document, new Map(), plainForm)).toThrow(
    /canary…: names no pods(.|\n)*baseline…: /,
  );
});

it("finds the word of a key, and of what the key is part of", () => {
  const words = new Map([
    ["source", "source"],
    ["metrics", "metrics"],
    ["metrics.0.limit", "errorLimit"],
  ]);
  const paths = ["source.1", "metrics.0.limit", "metrics.0.kind", "duration", ""];
  expect(paths.map((path) => wordAt(path, words))).toEqual(["source", "errorLimit", "metrics", null, null]);
});
