import { expect, test } from "vitest";
import { runDemo } from "../../../../src/adapters/cli/demo/demo.ts";
import type { AnalysisResult } from "../../../../src/analysis/result.ts";
import { fakeHost } from "../fake-host.ts";
import { failedResult, inconclusiveResult, passedResult, stepAt } from "../sample-result.ts";

/** The demo's services and load are real; what is made of them is this, act by act. */
function hostThatFinds(...results: readonly AnalysisResult[]) {
  const rest = [...results];
  return fakeHost({ run: () => [stepAt(1, rest.shift())] });
}

test("a bad canary that fails and a good one that passes are as it should be", async () => {
  const { host, stdout, asked, closed } = hostThatFinds(failedResult, passedResult);
  expect(await runDemo(host)).toBe(0);
  expect(asked.map(({ spec }) => [spec.canary, spec.baseline])).toEqual([
    [{ version: "v2" }, { version: "v1" }],
    [{ version: "v3" }, { version: "v1" }],
  ]);
  const text = stdout();
  const told = [
    "  canary: {version: v2}",
    "the built-in scraper",
    "The canary is v2.",
    "FAIL",
    "The canary is v3.",
    "PASS",
  ];
  const places = told.map((part) => text.indexOf(part));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(closed()).toBe(1);
});

test.each([
  ["a bad canary that passes", [passedResult, passedResult], 1],
  ["a good canary that fails", [failedResult, failedResult], 2],
  ["a good canary that is undecided", [failedResult, inconclusiveResult], 2],
])("%s is not as it should be", async (_, results, acts) => {
  const { host, stdout, asked } = hostThatFinds(...results);
  expect(await runDemo(host)).toBe(1);
  expect(asked).toHaveLength(acts);
  expect(stdout()).toContain("It can happen by chance: run it again.");
});

test("an interrupt ends it between two acts, and everything is closed", async () => {
  const fake = fakeHost({
    *run() {
      fake.interrupt();
      yield stepAt(1, inconclusiveResult);
    },
  });
  expect(await runDemo(fake.host)).toBe(2);
  expect(fake.asked).toHaveLength(1);
  expect(fake.closed()).toBe(1);
});

test("an interrupt before the first act ends it too", async () => {
  const fake = fakeHost();
  const scraper: typeof fake.host.open.scraper = (targets, intervalMs) => {
    fake.interrupt();
    return fake.host.open.scraper(targets, intervalMs);
  };
  expect(await runDemo({ ...fake.host, open: { ...fake.host.open, scraper } })).toBe(2);
  expect(fake.asked).toEqual([]);
  expect(fake.closed()).toBe(1);
});

test("what breaks is not hidden, and everything is closed", async () => {
  const { host, closed } = fakeHost({
    run: () => {
      throw new TypeError("broken");
    },
  });
  await expect(runDemo(host)).rejects.toThrow("broken");
  expect(closed()).toBe(1);
});
