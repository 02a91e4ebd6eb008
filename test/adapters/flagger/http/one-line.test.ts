import fc from "fast-check";
import { expect, it } from "vitest";
import { oneLine } from "../../../../src/adapters/flagger/http/one-line.ts";

it("leaves a short line as it is", () => {
  expect(oneLine("PASS: p99 250 ms, 4× fewer – fine")).toBe("PASS: p99 250 ms, 4× fewer – fine");
});

it("makes one line of several, and of control characters", () => {
  expect(oneLine("2 problems:\n a: bad\r\n\tb: worse\u0000\u0085\u2028!")).toBe(
    "2 problems: a: bad; b: worse !",
  );
});

it("cuts between characters, never inside one", () => {
  expect(oneLine("ab😀cd", 8)).toBe("ab😀cd");
  expect(oneLine("ab😀cde", 8)).toBe("ab…");
  expect(oneLine("ééééé", 9)).toBe("ééé…");
});

it("is one line of at most that many bytes, whatever the text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 1_500 }),
      fc.integer({ min: 3, max: 1_024 }),
      (text, most) => {
        const line = oneLine(text, most);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line.isWellFormed()).toBe(true);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});
