import { expect, test } from "vitest";
import { parseTimeArgument } from "../../../src/adapters/cli/time-argument.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

test.each([
  ["now", now],
  ["-30m", now - 1_800_000],
  ["-1h30m", now - 5_400_000],
  ["-90", now - 90_000],
  ["1795262400", 1_795_262_400_000],
  ["1795262400.5", 1_795_262_400_500],
  ["2026-11-21T12:00:00Z", now],
  ["2026-11-21T13:00:00.250+01:00", now + 250],
])("reads %s", (text, time) => {
  expect(parseTimeArgument(text, now)).toBe(time);
});

test.each([
  "",
  "-",
  "yesterday",
  "30m",
  "2026-11-21",
  "2026-11-21T12:00:00",
  "2026-13-01T00:00:00Z",
  "--30m",
])("does not guess at %j", (text) => {
  expect(parseTimeArgument(text, now)).toBeNull();
});
