import { expect, test } from "vitest";
import { readWindow } from "../../../src/adapters/cli/window.ts";
import { CoalmineError } from "../../../src/base/errors.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const minutes = 60_000;

function problemsOf(flags: Parameters<typeof readWindow>[0]): readonly string[] {
  try {
    readWindow(flags, now);
  } catch (error) {
    return CoalmineError.from(error).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test("neither flag is a live analysis", () => {
  expect(readWindow({ duration: "10m" }, now)).toBeNull();
});

test("a window is both ends, or one of them", () => {
  expect(readWindow({ from: "-30m", to: "-10m" }, now)).toEqual({
    from: now - 30 * minutes,
    to: now - 10 * minutes,
  });
  expect(readWindow({ from: "-30m" }, now)).toEqual({ from: now - 30 * minutes, to: null });
  expect(readWindow({ to: "now" }, now)).toEqual({ from: null, to: now });
});

test("every problem is told with its flag", () => {
  expect(problemsOf({ from: "soon", to: "2030-01-01T00:00:00Z" })).toEqual([
    '--from: wanted RFC 3339 (2026-11-21T12:00:00Z), unix seconds, now, or how long ago (-30m), met "soon"',
    '--to: wanted a time that has passed, met "2030-01-01T00:00:00Z"',
  ]);
});

test("an empty or backward window is refused", () => {
  expect(problemsOf({ from: "-10m", to: "-10m" })).toEqual(["--to: wanted a time after --from"]);
});

test("a length that is said twice is refused", () => {
  expect(problemsOf({ from: "-30m", to: "now", duration: "10m" })).toEqual([
    "--duration: wanted two of --from, --to and --duration, met all three",
  ]);
});
