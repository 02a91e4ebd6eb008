import { describe, expect, it } from "vitest";
import { specFields, specJsonSchema } from "../../../src/analysis/spec/json-schema.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { readSpecText } from "../../../src/analysis/spec/read-spec-text.ts";
import { checkedIn, specDocs } from "../../../tools/spec-docs.ts";

describe("specJsonSchema", () => {
  it("refuses unknown keys in every map", () => {
    const open: unknown[] = [];
    JSON.stringify(specJsonSchema(), (_, value) => {
      if (value?.type === "object" && value.additionalProperties !== false) open.push(value);
      return value;
    });
    expect(open).toEqual([]);
  });

  it("accepts text and numbers alike, and says which defaults there are", () => {
    expect(specJsonSchema()).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      required: ["service", "telemetry"],
      properties: {
        duration: { type: ["number", "string"], default: "10m" },
        pass: { enum: ["atEnd", "early"], default: "atEnd" },
      },
    });
  });
});

it("describes every key", () => {
  expect(specFields().filter(({ description }) => description === "")).toEqual([]);
  expect(specFields().map(({ path }) => path)).toEqual(
    expect.arrayContaining(["cohorts.canary.hash", "metrics[errors].limit.atMost", "budget.falseAlarm"]),
  );
});

describe("the generated pages", () => {
  it.each(specDocs())("$path is as tools/spec-docs.ts writes it", ({ path, content }) => {
    expect(checkedIn(path)).toBe(content);
  });

  const examples = [...checkedIn("docs/spec.md").matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, yaml = ""]) => yaml,
  );

  it("hold examples", () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  it.each(examples)("hold examples that are specs: %#", (yaml) => {
    expect(parseSpec(readSpecText(yaml)).metrics.length).toBeGreaterThan(0);
  });
});
