import { expect, it } from "vitest";
import * as z from "zod";
import { safeParse } from "../../src/base/safe-parse.ts";

const schema = z.looseObject({ name: z.string().max(5), list: z.array(z.number()).max(2).optional() });

it("finds what the schema finds", () => {
  const input = { name: "a", list: [1], more: { length: { toString: 1 } } };
  expect(safeParse(schema, input)).toEqual(schema.safeParse(input));
  expect(safeParse(schema, { name: 1 }).error?.issues).toEqual(schema.safeParse({ name: 1 }).error?.issues);
});

it("finds the problems of what zod throws at", () => {
  const odd = { length: { toString: 0 } };
  // Without this the wrapper would be for nothing.
  expect(() => schema.safeParse({ name: odd })).toThrow(TypeError);
  const found = safeParse(
    schema,
    JSON.parse('{"name": {"length": {"toString": 0}}, "__proto__": {"list": 1}, "list": "x"}'),
  );
  expect(found.error?.issues.map(({ path }) => path.join("."))).toEqual(["name", "list"]);
});

it("finds them however deep the input nests", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  expect(safeParse(schema, { name: { length: { toString: 0 } }, deep }).success).toBe(false);
});

it("lets every other error pass", () => {
  const fault = new RangeError("ours");
  const faulty = z.string().transform(() => {
    throw fault;
  });
  expect(() => safeParse(faulty, "a")).toThrow(fault);
});
