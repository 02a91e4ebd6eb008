import { expect, test } from "vitest";
import { runCliProgram } from "../../../src/adapters/cli/cli-program.ts";
import { fakeHost } from "./fake-host.ts";

const traffic = ["--rps", "50", "--share", "10", "--error-rate", "0.5"];

test("a row for each size of regression says how long it would take", async () => {
  const { host, stdout } = fakeHost();
  expect(await runCliProgram(["plan", ...traffic], host)).toBe(0);
  const [opening, head, ...rows] = stdout().trimEnd().split("\n");
  expect(opening).toBe("With 50 requests/s, 10.0 % of them to the canary, and 0.50 % errors:");
  expect(head).toContain("found in half of all rollouts after");
  expect(rows.map((row) => row.trim().split(/\s{2,}/)[0])).toEqual([
    "2× (1.0 %)",
    "3× (1.5 %)",
    "5× (2.5 %)",
    "10× (5.0 %)",
  ]);
});

test("a spec's own margins count", async () => {
  const spec =
    "service: a\ntelemetry: http\ncohorts: {canary: {version: v2}, baseline: {version: v1}}\n" +
    "metrics: [{kind: errors, compare: {failAbove: 4x, passBelow: 6x}}]\n";
  const { host, stdout } = fakeHost({ stdin: spec });
  expect(await runCliProgram(["plan", ...traffic, "-f", "-"], host)).toBe(0);
  expect(stdout()).not.toContain("3× ");
  expect(stdout()).toContain("5× ");
});

test.each([
  ["--rps", "0", "wants a number above 0."],
  ["--share", "100", "wants a percentage above 0 and below 100."],
  ["--error-rate", "some", "wants a percentage above 0 and below 100."],
])("%s %s is refused", async (flag, value, told) => {
  const { host, stderr } = fakeHost();
  expect(await runCliProgram(["plan", ...traffic, flag, value], host)).toBe(64);
  expect(stderr()).toContain(told);
});
