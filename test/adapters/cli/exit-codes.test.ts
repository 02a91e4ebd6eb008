import { expect, test } from "vitest";
import { describeError, exitCodes, verdictExitCodes } from "../../../src/adapters/cli/exit-codes.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

test("only a pass is 0, and no error is taken for a verdict", () => {
  const verdicts = Object.values(verdictExitCodes);
  expect(verdicts).toEqual([0, 1, 2]);
  expect(Object.values(exitCodes).every((code) => code >= 64 && code <= 78)).toBe(true);
});

test("an error is its message, then each problem with its path", () => {
  const problems = [
    { path: "metrics.0.limit", message: "wanted a rate" },
    { path: "", message: "the spec is empty" },
  ];
  expect(describeError(new CoalmineError("invalid-spec", "two problems", { problems }))).toBe(
    "coalmine: two problems\n  metrics.0.limit: wanted a rate\n  the spec is empty\n",
  );
});

test("problems that the message tells too are told once", () => {
  const one = { path: "listen.port", message: "wanted a port" };
  const two = { path: "", message: "no source" };
  const error = (...problems: (typeof one)[]) =>
    new CoalmineError(
      "invalid-settings",
      `unusable: ${problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")}`,
      { problems },
    );
  expect(describeError(error(one))).toBe("coalmine: unusable: listen.port: wanted a port\n");
  expect(describeError(error(one, two))).toBe(
    "coalmine: unusable:\n  listen.port: wanted a port\n  no source\n",
  );
});
