import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../src/wire/gob/byte-reader.ts";
import { ByteWriter } from "../../../src/wire/gob/byte-writer.ts";

const reading = (hex: string) => new ByteReader(Buffer.from(hex, "hex"));
const written = (write: (writer: ByteWriter) => void) => {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.written).toString("hex");
};

describe("ByteReader and ByteWriter", () => {
  it.each([
    [0, "00"],
    [7, "07"],
    [127, "7f"],
    [128, "ff80"],
    [256, "fe0100"],
    [2n ** 64n - 1n, "f8ffffffffffffffff"],
  ] as const)("code the unsigned integer %s as doc.go does", (value, hex) => {
    expect(written((writer) => writer.uint(value))).toBe(hex);
    expect(reading(hex).uint()).toBe(value);
  });

  it.each([
    [3, "06"],
    [-1, "01"],
    [-129, "fe0101"],
    [-(2n ** 63n), "f8ffffffffffffffff"],
  ] as const)("code the signed integer %s as doc.go does", (value, hex) => {
    expect(written((writer) => writer.int(value))).toBe(hex);
    expect(reading(hex).int()).toBe(value);
  });

  it("code 17.0 in the three bytes that doc.go shows", () => {
    expect(written((writer) => writer.float(17))).toBe("fe3140");
    expect(reading("fe3140").float()).toBe(17);
  });

  it("agree on every integer of 64 bits, and give a number wherever one is exact", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const read = reading(written((writer) => writer.int(value))).int();
        expect(BigInt(read)).toBe(value);
        expect(typeof read === "number").toBe(Number.isSafeInteger(Number(value)));
      }),
      { seed: 1 },
    );
  });

  it("agree on every float", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(reading(written((writer) => writer.float(value))).float()).toBe(value);
      }),
      { seed: 1 },
    );
  });

  it("agree on text of any length", () => {
    // The whole of Unicode but for halves of surrogate pairs; fast-check's own unit for it takes seconds to set up.
    const letter = fc.integer({ min: 0, max: 0x10_ffff - 0x800 });
    const letters = letter.map((point) => String.fromCodePoint(point < 0xd800 ? point : point + 0x800));
    const text = fc.tuple(fc.string({ unit: letters, maxLength: 40 }), fc.nat(2_000));
    fc.assert(
      fc.property(text, ([part, times]) => {
        const whole = part.repeat(times);
        expect(reading(written((writer) => writer.string(whole))).string("text")).toBe(whole);
      }),
      { seed: 1 },
    );
  });

  it("replace what is no UTF-8, up to 64 KiB, which would take long", () => {
    const garbled = (length: number) =>
      reading(written((writer) => writer.bytes(new Uint8Array(length).fill(255))));
    expect(garbled(65_536).string("text")).toBe("\ufffd".repeat(65_536));
    expect(() => garbled(65_537).string("text")).toThrow("text of 65537 bytes that is not UTF-8");
    const text = "é".repeat(65_537);
    expect(reading(written((writer) => writer.string(text))).string("text")).toBe(text);
  });
});

describe("ByteWriter", () => {
  it.each([-1, 2n ** 64n, 0.5, 2 ** 53, Number.NaN])("refuses %s as an unsigned integer", (value) => {
    expect(() => written((writer) => writer.uint(value))).toThrow(RangeError);
  });

  it.each([2n ** 63n, -(2n ** 63n) - 1n, -0.5])("refuses %s as a signed integer", (value) => {
    expect(() => written((writer) => writer.int(value))).toThrow(RangeError);
  });
});

describe("ByteReader", () => {
  it.each([
    ["80", "integer of 128 bytes, want 8 or fewer"],
    ["f7000000000000000000", "integer of 9 bytes, want 8 or fewer"],
    ["fe01", "the message ends after 2 bytes, inside a value"],
    ["", "the message ends after 0 bytes, inside a value"],
  ])("refuses %s as an integer", (hex, message) => {
    expect(() => reading(hex).uint()).toThrow(message);
    expect(() => reading(hex).float()).toThrow(message);
  });

  it("takes an integer in more bytes than it needs, as Go does", () => {
    expect(reading("fe0007").uint()).toBe(7);
    expect(reading("f80000000000000007").uint()).toBe(7);
  });

  it("refuses a length beyond the message before it makes room for it", () => {
    expect(() => reading("fc7fffffff61").string("string")).toThrow(
      "string of 2147483647 bytes, 1 bytes remain",
    );
    expect(() => reading("f87fffffffffffffff").bytes("[]byte")).toThrow("[]byte of 9223372036854775807");
  });

  it("refuses a bool of 2 and a type id of 0", () => {
    expect(() => reading("02").bool()).toThrow("bool of 2, want 0 or 1");
    expect(() => reading("00").typeId()).toThrow("type id 0, want");
    expect(() => reading("fb0200000000").typeId()).toThrow("type id 4294967296, want");
  });

  it("gives bytes that are no part of the message", () => {
    const message = Buffer.from("026162", "hex");
    const bytes = new ByteReader(message).bytes("[]byte");
    message.fill(0);
    expect(Buffer.from(bytes).toString()).toBe("ab");
  });

  it("reads bytes that are no UTF-8 as U+FFFD", () => {
    expect(reading("03ff6162").string("string")).toBe("\ufffdab");
  });

  it("does not read past an end that was moved inwards, nor moves it outside", () => {
    const reader = reading("010203");
    reader.end = 1;
    expect(reader.uint()).toBe(1);
    expect(() => reader.uint()).toThrow("ends after 1 bytes");
    expect(() => {
      reader.end = 4;
    }).toThrow(RangeError);
    expect(() => {
      reader.end = 0;
    }).toThrow(RangeError);
  });
});
