import { expect, it } from "vitest";
import { readSpecText } from "../../../src/analysis/spec/read-spec-text.ts";
import { problemsIn } from "./problems-in.ts";

const problems = (text: string) => problemsIn(() => readSpecText(text));

it("reads YAML, and JSON indented by tabs, alike", () => {
  const data = { service: "checkout", metrics: [{ kind: "errors", limit: "0.5%" }] };
  expect(readSpecText("service: checkout\nmetrics:\n  - {kind: errors, limit: 0.5%}\n")).toEqual(data);
  expect(readSpecText(JSON.stringify(data, null, "\t"))).toEqual(data);
});

it("unfolds an anchor used twice", () => {
  expect(readSpecText("a: &x {b: 1}\nc: *x\nd: *x")).toEqual({ a: { b: 1 }, c: { b: 1 }, d: { b: 1 } });
});

it.each([
  ["service: a\nservice: b", ": line 2, column 1: Map keys must be unique"],
  ["a: !!js/function 1", ": line 1, column 4: Unresolved tag: tag:yaml.org,2002:js/function"],
  ["a: 1\n---\nb: 2", ": expected one document, got 2; split them at ---"],
  ["", ": the spec is empty"],
  ["# nothing but a comment", ": the spec is empty"],
  ["null", ": the spec is empty"],
])("refuses %j, with the line", (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

it("names the line of broken syntax", () => {
  expect(problems("a: 1\nb: {c: 1\nd: 2")).toEqual([expect.stringMatching(/^: line 3, column 1: /)]);
});

it("refuses an alias bomb", () => {
  const bomb = [..."bcdefgh"].map((key, index) => {
    const alias = `*${"abcdefgh"[index]}`;
    return `${key}: &${key} [${Array.from({ length: 9 }, () => alias).join(",")}]`;
  });
  expect(problems(["a: &a [1,1]", ...bomb].join("\n"))).toEqual([expect.stringContaining("alias")]);
});

it.each([
  ["flow", `a: ${"[".repeat(1_000)}`],
  ["block", `${"- ".repeat(9_000)}a`],
])("refuses to nest without end in %s style", (_, text) => {
  expect(problems(text)[0]).toContain("nests");
});

it("refuses what is too large, counted in bytes", () => {
  expect(() => readSpecText(`a: ${"é".repeat(140_000)}`)).toThrow(
    expect.objectContaining({
      code: "too-large",
      message: "a spec of 280003 bytes is over the limit of 262144",
    }),
  );
});
