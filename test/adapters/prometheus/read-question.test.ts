import { describe, expect, it } from "vitest";
import { parseQuery } from "../../../src/adapters/prometheus/parse-query.ts";
import { readQuestion } from "../../../src/adapters/prometheus/read-question.ts";
import { startingLabels } from "../../../src/adapters/prometheus/spec-labels.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { specSchema } from "../../../src/analysis/spec/spec-schema.ts";
import { specDocument } from "../../support/sample-record.ts";

const subject = 'service="checkout",namespace="shop"';
const cohorts = 'telemetry="istio",canary_version="v2",baseline_version="v1"';

function read(labels: string, metric = "coalmine_score") {
  const query = parseQuery(`${metric}{${labels}}`);
  if (query.kind !== "series") throw new Error("no selector");
  return readQuestion(query.metric, query.matchers);
}

function specOf(labels: string) {
  const question = read(labels);
  if (question.kind !== "start") throw new Error("it only selects");
  return question.spec;
}

describe("what only selects", () => {
  it.each(["", subject, 'key="a"', 'analysis=~"id-.*",phase!="done"', 'verdict="pass",service=""'])(
    "{%s}",
    (labels) => {
      expect(read(labels)).toMatchObject({ kind: "select" });
    },
  );
});

describe("a spec in labels", () => {
  it("is the same as the document that says the same", () => {
    expect(specOf(`${subject},${cohorts}`)).toEqual(parseSpec(specDocument));
    expect(specOf(`spec_json='${JSON.stringify(specDocument)}'`)).toEqual(parseSpec(specDocument));
  });

  it("has every key of the spec that one word can hold", () => {
    const plain = Object.keys(specSchema.shape).map((key) =>
      key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    );
    const others = ["api_version", "kind", "service", "namespace", "cohorts", "budget"];
    expect(plain.filter((label) => !startingLabels.has(label))).toEqual(others);
  });

  it("takes every setting", () => {
    const labels = [
      `${subject},${cohorts},source="us-east, eu-west",duration="30m",interval="10s",tick="30s",warmup="1m"`,
      'false_alarm="1%",false_pass="10%",pass="early",on_deadline="fail",min_canary_requests="50"',
      'source_timeout="5m",dispersion="auto",evidence_cap="1.5",outage_channel="false"',
      'telemetry_bad_status="5..",metrics="errors"',
    ].join();
    expect(specOf(labels)).toEqual(
      parseSpec({
        ...specDocument,
        telemetry: { preset: "istio", badStatus: "5.." },
        source: ["us-east", "eu-west"],
        duration: "30m",
        interval: "10s",
        tick: "30s",
        warmup: "1m",
        budget: { falseAlarm: "1%", falsePass: "10%" },
        pass: "early",
        onDeadline: "fail",
        minCanaryRequests: 50,
        sourceTimeout: "5m",
        dispersion: "auto",
        evidenceCap: 1.5,
        outageChannel: false,
        metrics: [{ kind: "errors", compare: {} }],
      }),
    );
  });

  it("knows the cohorts of a preset that does", () => {
    const flagger = { service: "checkout", namespace: "shop", telemetry: "flagger-istio" };
    expect(specOf(`${subject},telemetry="flagger-istio"`)).toEqual(parseSpec(flagger));
    expect(specOf(`${subject},telemetry="flagger-istio",error_limit="1%"`).metrics).toMatchObject([
      { kind: "errors", limit: { atMost: 0.01 }, compare: {} },
      { kind: "latency" },
    ]);
  });

  it("takes Argo's hashes, and one workload for both cohorts", () => {
    const hashes = 'canary_hash="6d4f",stable_hash="79c8"';
    expect(specOf(`${subject},telemetry="istio",${hashes},workload="checkout-rollout"`)).toMatchObject({
      canary: { hash: "6d4f", workload: "checkout-rollout" },
      baseline: { hash: "79c8", workload: "checkout-rollout" },
    });
    const own = specOf(`${subject},telemetry="istio",${hashes},workload="a",canary_workload="b"`);
    expect(own).toMatchObject({ canary: { workload: "b" }, baseline: { workload: "a" } });
    const labelled = specOf(`${subject},telemetry="http",${hashes},hash_label="rollouts_pod_template_hash"`);
    expect(labelled.canary).toEqual({ hash: "6d4f", hashLabel: "rollouts_pod_template_hash" });
  });

  it("does not depend on the order of the labels", () => {
    const labels = `${subject},${cohorts},telemetry_bad_status="5..",error_limit="1%"`.split(",");
    expect(JSON.stringify(specOf(labels.toReversed().join()))).toBe(JSON.stringify(specOf(labels.join())));
  });
});

describe("what is refused, by the labels to mend", () => {
  it.each([
    ['canry_hash="a"', "canry_hash: unknown label; did you mean `canary_hash`?"],
    ['metric="errors"', "metric: is a label of coalmine_evidence only"],
    ['telemetry="istio"', "service: is missing"],
    [`${subject},canary_version="v2"`, "telemetry: is missing"],
    [`${subject},telemetry="istio"`, "canary_*: names no pods"],
    [
      `${subject},telemetry="istoi",canary_version="2",baseline_version="1"`,
      "telemetry: unknown preset `istoi`",
    ],
    [`${subject},telemetry="istio",stable_hash="a"`, "canary_*: is missing"],
    [`${subject},telemetry="istio",canary_hash="",stable_hash="b"`, "canary_hash: is empty"],
    [`${subject},telemetry="istio",canary_hash="a",stable_hash=""`, "stable_hash: is empty"],
    [`${subject},${cohorts},error_limit="lots"`, "error_limit: "],
    [`${subject},${cohorts},latency_limit="soon"`, "latency_limit: "],
    [`${subject},${cohorts},pass_below="-"`, "pass_below: "],
    [`${subject},${cohorts},false_alarm="60%"`, "false_alarm: expected at most 50%"],
    [`${subject},${cohorts},stable_version="v1"`, "stable_version: says the same as baseline_version"],
    [`${subject},${cohorts},metrics="saturation"`, "metrics: expected errors, latency"],
    [
      `${subject},${cohorts},metrics="errors",latency_limit="1s"`,
      "latency_limit: is about a metric that `metrics` leaves out",
    ],
    [`${subject},telemetry="flagger-istio",workload="w"`, "workload: tells neither cohort apart"],
    [`service=~"check.*",${cohorts}`, "service: is a word of a spec here, which takes =, not =~"],
    [`${subject},${cohorts},telemetry="http"`, "telemetry: is given twice"],
    [`${subject},${cohorts},analysis="id-1"`, "analysis: names one that is there"],
    [`${subject},${cohorts},key="a b"`, "key: expected 1 to 200"],
    [`${subject},${cohorts},key="a",max_age="1m"`, "max_age: is for queries without a key"],
    [`${subject},${cohorts},max_age="soon"`, "max_age: expected a duration"],
    ['spec_json="{}",service="a"', "service: stands in the spec that spec_json holds"],
    ['spec_json="{"', "line 1"],
    ['spec_json="{}"', "service: is missing"],
  ])("{%s}", (labels, message) => {
    expect(() => read(labels)).toThrow(expect.objectContaining({ code: "invalid-spec" }));
    expect(() => read(labels)).toThrow(message);
  });
});
