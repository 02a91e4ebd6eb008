import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goTimeOfValue } from "../../../src/wire/gob/decoded-time.ts";
import {
  dateOfGoTime,
  type GoTime,
  goTimeOfDate,
  readGoTime,
  writeGoTime,
  zeroGoTime,
} from "../../../src/wire/gob/go-time.ts";

const hexOf = (time: GoTime) => Buffer.from(writeGoTime(time)).toString("hex");

const anyTime = fc.record({
  seconds: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  nanos: fc.nat(999_999_999),
  zone: fc.oneof(
    fc.constant("UTC" as const),
    fc.integer({ min: -86_400, max: 86_400 }).filter((seconds) => Math.trunc(seconds / 60) !== -1),
  ),
});

describe("readGoTime and writeGoTime", () => {
  it("agree on every time", () => {
    fc.assert(
      fc.property(anyTime, (time) => {
        expect(readGoTime(writeGoTime(time))).toEqual(time);
      }),
      { seed: 1 },
    );
  });

  it("tell Go's zero time as zeros", () => {
    expect(hexOf(zeroGoTime)).toBe(`01${"00".repeat(12)}ffff`);
  });

  it("keep UTC apart from a zone of offset 0", () => {
    expect(hexOf({ ...zeroGoTime, zone: 0 })).toMatch(/0000$/);
    expect(hexOf(zeroGoTime)).toMatch(/ffff$/);
  });

  it.each([
    ["", "version undefined in 0 bytes"],
    [`03${"00".repeat(14)}`, "version 3 in 15 bytes"],
    [`01${"00".repeat(15)}`, "version 1 in 16 bytes"],
    [`02${"00".repeat(14)}`, "version 2 in 15 bytes"],
    [`01${"00".repeat(8)}3b9aca000000`, "1000000000 ns"],
    [`01${"00".repeat(8)}ffffffff0000`, "-1 ns"],
    [`017f${"ff".repeat(7)}000000000000`, "want fewer than 2^53"],
  ])("refuse the bytes %s", (hex, message) => {
    expect(() => readGoTime(Buffer.from(hex, "hex"))).toThrow(message);
  });

  it.each([
    { seconds: 0.5 },
    { nanos: -1 },
    { nanos: 1_000_000_000 },
    { zone: 0.5 },
    { zone: 32_768 * 60 },
    { zone: -60 },
  ])("refuse to write %o", (part) => {
    expect(() => writeGoTime({ seconds: 0, nanos: 0, zone: "UTC", ...part })).toThrow(RangeError);
  });
});

describe("dateOfGoTime and goTimeOfDate", () => {
  it("agree on every Date", () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(dateOfGoTime(goTimeOfDate(date))).toEqual(date);
      }),
      { seed: 1 },
    );
  });

  it("tell a moment before 1970 by the second before it", () => {
    expect(goTimeOfDate(new Date(-1))).toEqual({ seconds: -1, nanos: 999_000_000, zone: "UTC" });
  });

  it("refuse an invalid Date", () => {
    expect(() => goTimeOfDate(new Date(Number.NaN))).toThrow("a valid Date wanted");
  });
});

describe("goTimeOfValue", () => {
  const time = { seconds: 1, nanos: 2, zone: 3_600 };

  it("takes a time as it was decoded, and its bytes", () => {
    expect(goTimeOfValue(time)).toEqual(time);
    expect(goTimeOfValue(writeGoTime(time))).toEqual(time);
  });

  it.each([null, 7, { Seconds: 1 }])("refuses %o", (value) => {
    expect(() => goTimeOfValue(value)).toThrow("a time {seconds, nanos, zone} or its bytes wanted");
  });
});
