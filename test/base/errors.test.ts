import { expect, it } from "vitest";
import { CoalmineError } from "../../src/base/errors.ts";

it("a failure tells all of what is short", () => {
  const problems = [{ path: "metrics.0.limit", message: "is missing" }];
  const error = new CoalmineError("invalid-spec", "it is wrong", { problems });
  expect([error.message, error.problems]).toEqual(["it is wrong", problems]);
});

it("a failure tells no more than a page of what is long", () => {
  const long = "\u{1f600}".repeat(50_000);
  const problems = Array.from({ length: 51 }, () => ({ path: long, message: long }));
  const error = new CoalmineError("invalid-spec", `-${long}`, { problems });
  expect(error.message).toHaveLength(16_384);
  expect(error.message).toMatch(/^-.*…$/su);
  expect(error.message.isWellFormed()).toBe(true);
  expect(error.problems).toHaveLength(50);
  expect(error.problems[49]?.path).toHaveLength(300);
  expect(error.problems[49]?.message).toHaveLength(1_000);
});

it.each([
  ["an error", new TypeError("x is undefined"), "x is undefined"],
  ["a text", "oops", "oops"],
  ["an object of which no text can be made", { toString: null }, "something was thrown that is no error"],
])("%s becomes an internal failure with it as its cause", (_what, thrown, message) => {
  expect(CoalmineError.from(thrown)).toMatchObject({ code: "internal", message, cause: thrown });
});
