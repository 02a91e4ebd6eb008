import { describe, expect, it } from "vitest";
import { parseSpec } from "../../../../src/analysis/spec/parse-spec.ts";
import { documentOfWords } from "../../../../src/analysis/spec/words/document-of-words.ts";
import { namesCohort } from "../../../../src/analysis/spec/words/spec-words.ts";
import { specDocument } from "../../../support/sample-record.ts";
import { plainForm } from "./plain-form.ts";

type Texts = Readonly<Record<string, string>>;

const subject = { service: "checkout", namespace: "shop", telemetry: "istio" };
const cohorts = { canaryVersion: "v2", baselineVersion: "v1" };

function wordsOf(texts: Texts) {
  return new Map(Object.entries(texts));
}

function specOf(texts: Texts) {
  const words = wordsOf(texts);
  return parseSpec(documentOfWords(words, plainForm, namesCohort(words, "baseline")).document);
}

describe("a spec in words", () => {
  it("is the same as the document that says the same", () => {
    expect(specOf({ ...subject, ...cohorts })).toEqual(parseSpec(specDocument));
  });

  it("leaves out what no word says", () => {
    const spelled = documentOfWords(wordsOf({ duration: "30m" }), plainForm, true);
    expect(spelled).toEqual({
      document: { duration: "30m" },
      wordByPath: new Map([["duration", "duration"]]),
    });
    const options = documentOfWords(wordsOf({ telemetryBadStatus: "5.." }), plainForm, true);
    expect(options.document).toEqual({ telemetry: { badStatus: "5.." } });
  });

  it("gives a limit to errors or latency and goes on comparing both", () => {
    expect(specOf({ ...subject, ...cohorts, errorLimit: "0.5%", latencyLimit: "500ms" }).metrics).toEqual(
      parseSpec({
        ...specDocument,
        metrics: [
          { kind: "errors", limit: "0.5%", compare: {} },
          { kind: "latency", quantile: 0.99, limit: "500ms", compare: {} },
        ],
      }).metrics,
    );
  });

  it("asks for a slower quantile instead of a share of slow requests", () => {
    const margins = { failAbove: "1.5x", passBelow: "3x" };
    const metrics = [
      { kind: "errors", compare: margins },
      { kind: "latency", quantile: 0.95, slower: "2x", compare: margins },
    ];
    expect(specOf({ ...subject, ...cohorts, quantile: "0.95", slower: "2x", ...margins })).toEqual(
      parseSpec({ ...specDocument, metrics }),
    );
    expect(specOf({ ...subject, ...cohorts, slower: "2x" }).metrics).toMatchObject([
      { kind: "errors", compare: { failAbove: { ratio: 1.25 } } },
      { kind: "latency", quantile: 0.99, slower: 2, compare: null },
    ]);
  });

  it("judges by limits alone without a baseline", () => {
    expect(specOf({ ...subject, canaryVersion: "v2", errorLimit: "1%" })).toEqual(
      parseSpec({
        ...specDocument,
        cohorts: { canary: { version: "v2" } },
        metrics: [{ kind: "errors", limit: "1%" }],
      }),
    );
  });

  it("takes hashes, and one workload for both cohorts", () => {
    const hashes = { canaryHash: "6d4f", stableHash: "79c8" };
    expect(specOf({ ...subject, ...hashes, workload: "checkout-rollout" })).toMatchObject({
      canary: { hash: "6d4f", workload: "checkout-rollout" },
      baseline: { hash: "79c8", workload: "checkout-rollout" },
    });
    expect(specOf({ ...subject, ...hashes, workload: "a", canaryWorkload: "b" })).toMatchObject({
      canary: { workload: "b" },
      baseline: { workload: "a" },
    });
    const { canary } = specOf({ ...subject, ...hashes, telemetry: "http", hashLabel: "template_hash" });
    expect(canary).toEqual({ hash: "6d4f", hashLabel: "template_hash" });
  });
});

describe("words that contradict each other", () => {
  it("are told together, as the caller writes them", () => {
    const words = wordsOf({
      ...{ stableHash: "a", baselineHash: "b", hashLabel: "h", metrics: "errors,heap", quantile: "0.9" },
    });
    const shouting = { ...plainForm, spell: (word: string) => word.toUpperCase() };
    expect(() => documentOfWords(words, shouting, true)).toThrow(
      expect.objectContaining({
        code: "invalid-spec",
        problems: [
          { path: "STABLEHASH", message: "says the same as BASELINEHASH" },
          {
            path: "METRICS",
            message:
              'expected errors, latency or errors,latency, got "errors,heap"; a document takes other metrics',
          },
          { path: "QUANTILE", message: "is about a metric that `METRICS` leaves out" },
        ],
      }),
    );
  });

  it("do not name a cohort by what is shared", () => {
    const words = wordsOf({ workload: "w" });
    expect([namesCohort(words, "canary"), namesCohort(words, "baseline")]).toEqual([false, false]);
    expect(() => documentOfWords(words, plainForm, true)).toThrow(
      "workload: tells neither cohort apart; add canaryHash or another word of a cohort, or give canaryWorkload",
    );
  });
});
