/** Inputs at which a parser once failed: one row each, so that it is met again without chance. */
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { completeConfiguration } from "../../src/adapters/argo-rollouts/configuration.ts";
import { fieldOf } from "../../src/adapters/argo-rollouts/wire/located.ts";
import { readMeasurement } from "../../src/adapters/argo-rollouts/wire/read-measurement.ts";
import { applyFlags } from "../../src/adapters/cli/apply-flags.ts";
import { completeDocument } from "../../src/adapters/flagger/spec/choose-spec-defaults.ts";
import { problemDocument } from "../../src/adapters/http/problem.ts";
import { readKubeconfig } from "../../src/adapters/kubernetes/kubeconfig.ts";
import { timeOf } from "../../src/adapters/prometheus/parameters.ts";
import { parseQuery } from "../../src/adapters/prometheus/parse-query.ts";
import { listSchema, readRequest } from "../../src/adapters/rest/request-schemas.ts";
import { parseSpec } from "../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../src/analysis/spec/read-spec-text.ts";
import { readTokenClaims } from "../../src/app/access/token-review-claims.ts";
import { loadSettings } from "../../src/app/settings/load-settings.ts";
import { parseDuration } from "../../src/base/duration.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { inOneLine } from "../../src/base/format.ts";
import { compilePattern } from "../../src/base/pattern.ts";
import { FailedTry } from "../../src/sources/prometheus/failed-try.ts";
import { interpretAnswer } from "../../src/sources/prometheus/interpret-answer.ts";
import { parseExposition } from "../../src/sources/scrape/exposition.ts";
import { parseFloatText } from "../../src/sources/scrape/float-text.ts";
import { specDocument } from "../support/sample-record.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { readGivenRequest } from "./support/judge-given.ts";

const folder = useTemporaryFolder();

/** What is thrown: a refusal as its code, anything else as it is. */
async function outcomeOf(read: () => unknown): Promise<unknown> {
  try {
    await read();
  } catch (thrown) {
    if (thrown instanceof FailedTry) return "failed try";
    return thrown instanceof CoalmineError ? thrown.code : thrown;
  }
  return "read";
}

function thrownBy(read: () => unknown): unknown {
  try {
    return read();
  } catch (thrown) {
    return thrown;
  }
}

/** Of which no text and no number can be made. */
const odd = { toString: 1, valueOf: 2 };
const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
const oddToken = `e30.${Buffer.from('{"sub":{"length":{"toString":0}}}').toString("base64url")}.c2ln`;
const release = { namespace: "shop", rollout: "checkout", canaryHash: "a", stableHash: "b" };
const answer = (body: unknown) => ({
  status: 200,
  headers: { retryAfter: "", date: "", contentType: "", contentEncoding: "" },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});
const parameter = (text: string) => ({ get: () => text });
const limits = { maxLineLength: 65_536, maxLabels: 64, maxSamples: 1_000 };

describe("values of which no text can be made", () => {
  it.each<[string, string, () => unknown]>([
    ["a metric's kind", "invalid-spec", () => parseSpec({ ...specDocument, metrics: [{ kind: odd }] })],
    [
      "a metric's kind, deep",
      "invalid-spec",
      () => parseSpec({ ...specDocument, metrics: [{ kind: deep }] }),
    ],
    [
      "a length where text is wanted",
      "invalid-spec",
      () => parseSpec({ ...specDocument, service: { length: odd } }),
    ],
    [
      "a length in a query",
      "invalid-request",
      () => readRequest(listSchema, { service: { length: odd } }, "the query"),
    ],
    ["a length in a token", "read", () => readTokenClaims(oddToken)],
    [
      "a preset in a template",
      "invalid-spec",
      () => completeConfiguration({ telemetry: { preset: odd } }, release),
    ],
    [
      "a preset of a named spec",
      "read",
      () => completeDocument({ telemetry: odd }, { namespace: "a", name: "b" }, null),
    ],
    ["a preset under flags", "read", () => applyFlags({ telemetry: odd }, { threshold: "99" })],
    [
      "a quantile under flags",
      "read",
      () => applyFlags({ metrics: [{ kind: "latency", quantile: odd }] }, { maxLatency: ["p99=1s"] }),
    ],
    [
      "the error of a source",
      "failed try",
      () => interpretAnswer(answer({ status: "error", errorType: odd, error: odd }), 0),
    ],
    [
      "a warning of a source",
      "read",
      () =>
        interpretAnswer(
          answer(
            `{"status":"success","data":{"resultType":"x"},"warnings":[${"[".repeat(9_999)}${"]".repeat(9_999)}]}`,
          ),
          0,
        ),
    ],
    ["what was thrown", "read", () => problemDocument(odd)],
  ])("%s: %s", async (_what, expected, read) => {
    expect(await outcomeOf(read)).toBe(expected);
  });
});

describe("names that every object has", () => {
  it("are no counts of a metric that is called so", async () => {
    const spec = {
      ...specDocument,
      metrics: [
        { name: "constructor", kind: "errors" },
        { name: "a", kind: "errors" },
      ],
    };
    const counts = { canary: { total: 1, bad: 0 }, baseline: { total: 1, bad: 0 } };
    expect(await outcomeOf(() => readGivenRequest({ spec, ticks: [{ metrics: { a: counts } }] }))).toBe(
      "invalid-request",
    );
  });
});

describe("numbers beyond what they stand for", () => {
  it("a duration of four hundred digits is none", () => {
    expect([parseDuration("9".repeat(400)), parseDuration(`${"9".repeat(400)}d`)]).toEqual([null, null]);
  });

  it("a timestamp of OpenMetrics whose milliseconds are no number of them", async () => {
    const text = "a 1 1e308\n# EOF\n";
    expect(await outcomeOf(() => parseExposition(text, "openmetrics", limits))).toBe("source-unavailable");
  });

  it("a time of Go that no date can be", async () => {
    const measurement = {
      value: { Measurement: { StartedAt: { seconds: 2 ** 52, nanos: 0, zone: "UTC" } } },
      path: "Args",
    };
    expect(await outcomeOf(() => readMeasurement(fieldOf(measurement, "Measurement")))).toBe(
      "invalid-request",
    );
  });
});

describe("kubeconfigs that are YAML as far as it goes", () => {
  it.each([
    ["an alias of no anchor", "a: *b"],
    ["an alias bomb", `a: &a [x]\nb: &b [${"*a,".repeat(99)}]\nc: [${"*b,".repeat(99)}]`],
    ["nesting without end", "- ".repeat(50_000)],
    ["maps as keys of maps", "? ".repeat(500)],
  ])("%s is refused", async (_what, text) => {
    const path = folder.path("config");
    await writeFile(path, text);
    expect(await outcomeOf(() => readKubeconfig(path))).toBe("invalid-settings");
  });
});

it("a map that stands as a key is not told of settings, where it may hold a secret", async () => {
  const path = folder.path("coalmine.yaml");
  await writeFile(path, "access:\n  tokens:\n    - name: shop\n?      token: s3cr3t-of-the-shop\n");
  await expect(loadSettings(path, {})).rejects.toMatchObject({
    code: "invalid-settings",
    message: expect.not.stringContaining("s3cr3t"),
  });
});

// Without what was mended each takes minutes.
describe("texts that took time in the square of their length", () => {
  it.each<[string, string, () => unknown]>([
    ["blanks without a line break", "read", () => inOneLine(" ".repeat(500_000))],
    ["digits of a query", "invalid-spec", () => parseQuery(`${"1".repeat(400_000)}_`)],
    ["digits of a time", "invalid-request", () => timeOf(parameter(`${"1".repeat(400_000)}x`), "time")],
    ["digits of a sample", "read", () => parseFloatText(`${"1".repeat(400_000)}x`)],
  ])("%s: %s", async (_what, expected, read) => {
    expect(await outcomeOf(read)).toBe(expected);
  });
});

describe("little that would be much", () => {
  it("a pattern of repeats is refused before it is compiled", () => {
    expect(() => compilePattern("a{1000}".repeat(100))).toThrow("repeats too much");
    expect(() => compilePattern(`(${"a".repeat(2_000)}){1000}`)).toThrow("repeats too much");
  });

  it("YAML of nothing but marks is refused before it is parsed", async () => {
    expect(await outcomeOf(() => readSpecText("}".repeat(200_000)))).toBe("too-large");
    expect(await outcomeOf(() => readSpecText("%\n".repeat(100_000)))).toBe("too-large");
  });

  it("a refusal stays small, whatever the keys and values are", () => {
    const long = "x".repeat(100_000);
    const unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 0]));
    for (const input of [{ telemetry: long }, { [long]: 1 }, unknown, { metrics: [{ kind: long }] }]) {
      const told = thrownBy(() => parseSpec({ ...specDocument, ...input }));
      expect(told).toBeInstanceOf(CoalmineError);
      expect(JSON.stringify([told, String(told)]).length).toBeLessThan(40_000);
    }
  });
});
