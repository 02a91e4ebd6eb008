import { expect, it } from "vitest";
import { applySettings } from "../../../src/analysis/spec/apply-settings.ts";
import { problemsIn } from "./problems-in.ts";

it("sets values by path, makes maps on the way, and leaves the input as it was", () => {
  const input = { service: "a", metrics: [{ kind: "errors" }] };
  const output = applySettings(input, [
    "budget.falseAlarm=0.01",
    "metrics.0.limit=1%",
    "metrics.1.kind=latency",
    "service=b=c",
  ]);
  expect(output).toEqual({
    service: "b=c",
    budget: { falseAlarm: "0.01" },
    metrics: [{ kind: "errors", limit: "1%" }, { kind: "latency" }],
  });
  expect(input).toEqual({ service: "a", metrics: [{ kind: "errors" }] });
});

it("reads a value as JSON where it starts so, and leaves numbers as text", () => {
  const output = applySettings({}, [
    'source=["a","b"]',
    'cohorts.canary={"hash":"1"}',
    "cohorts.baseline.version=1.10",
  ]);
  expect(output).toEqual({
    source: ["a", "b"],
    cohorts: { canary: { hash: "1" }, baseline: { version: "1.10" } },
  });
});

it.each([
  [{}, "metrics.0.limit=1%", "metrics.0.limit: there is no list to take element 0 of"],
  [{ metrics: [] }, "metrics.2.limit=1%", "metrics.2.limit: expected an element from 0 to 0, got 2"],
  [{ metrics: [] }, "metrics.x=1%", "metrics.x: expected an element from 0 to 0, got x"],
  [{ service: "a" }, "service.name=b", "service.name: service holds a value, not a map"],
  [{}, "source=[a]", "source: expected JSON, got [a]"],
  [{}, "__proto__.x=1", '__proto__.x: "__proto__" is not a key'],
  [{}, "a..b=1", 'a..b: "" is not a key'],
  ["text", "a=1", "a: the spec is not a map"],
])("names the path that cannot be set: %j, %s", (input, assignment, problem) => {
  expect(problemsIn(() => applySettings(input, [assignment]))).toEqual([problem]);
});

it.each(["service", "=b"])("asks for path=value where it gets %s", (assignment) => {
  expect(() => applySettings({}, [assignment])).toThrow("expected path=value");
});
