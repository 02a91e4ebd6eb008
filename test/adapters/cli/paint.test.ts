import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { beforeEach, expect, test, vi } from "vitest";
import { createPaint, verdictStyle } from "../../../src/adapters/cli/paint.ts";

function terminal() {
  return Object.assign(new PassThrough(), {
    isTTY: true,
    getColorDepth: WriteStream.prototype.getColorDepth,
  });
}

beforeEach(() => {
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("NODE_DISABLE_COLORS", undefined);
  vi.stubEnv("FORCE_COLOR", undefined);
  // On a build machine Node takes the terminal for one without colour.
  vi.stubEnv("CI", undefined);
  vi.stubEnv("TERM", "xterm-256color");
});

test("a terminal gets colour", () => {
  expect(createPaint(terminal(), true)("red", "text")).toBe("\u001B[31mtext\u001B[39m");
});

test("a file gets none, nor a terminal whose user wants none", () => {
  expect(createPaint(new PassThrough(), true)("red", "text")).toBe("text");
  expect(createPaint(terminal(), false)("red", "text")).toBe("text");
  vi.stubEnv("NO_COLOR", "1");
  expect(createPaint(terminal(), true)("red", "text")).toBe("text");
});

test("no two verdicts look alike", () => {
  expect((["pass", "fail", "inconclusive", null] as const).map(verdictStyle)).toEqual([
    "green",
    "red",
    "yellow",
    "dim",
  ]);
});
