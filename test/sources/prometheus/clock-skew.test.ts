import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSkew, readUntil, requireClock } from "../../../src/sources/prometheus/clock-skew.ts";
import { FailedTry } from "../../../src/sources/prometheus/failed-try.ts";

const at = Date.UTC(2026, 0, 1);

describe("readSkew", () => {
  it("gives a span that holds the skew, however long the answer took and whenever it was written", () => {
    const ms = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        ms(60_000),
        ms(60_000),
        (skew, before, after) => {
          const date = new Date(at + before + skew).toUTCString();
          const { least, most } = readSkew(date, at, at + before + after) ?? { least: 1, most: 0 };
          expect(least).toBeLessThanOrEqual(skew);
          expect(most).toBeGreaterThan(skew);
          expect(most - least).toBe(before + after + 1_000);
        },
      ),
    );
  });

  it("knows none without a date", () => {
    expect(readSkew("", at, at)).toBeNull();
    expect(readSkew("soon", at, at)).toBeNull();
  });
});

describe("requireClock", () => {
  it("refuses a clock only when it is surely off by more than the limit", () => {
    requireClock({ least: 30_000, most: 90_000 }, 30_000);
    requireClock({ least: -90_000, most: -30_000 }, 30_000);
    expect(() => requireClock({ least: 30_001, most: 31_001 }, 30_000)).toThrow(FailedTry);
    expect(() => requireClock({ least: -31_001, most: -30_001 }, 30_000)).toThrow(FailedTry);
  });
});

describe("readUntil", () => {
  it.each([
    ["ends now", 0, 150_000],
    ["ended minutes ago", -299_999, 150_000],
    ["is past", -300_000, -300_000],
    ["is to come", 1, 1],
  ])("a window that %s", (_, to, until) => {
    expect(readUntil({ from: at - 1_000_000, to: at + to }, at, 30_000)).toBe(at + until);
  });
});
