/** What is encoded is decoded again, whatever it is and wherever its bytes are cut. */
import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { readGoTime } from "../../../src/wire/gob/go-time.ts";
import {
  type GoType,
  goBool,
  goBytes,
  goFloat,
  goInt,
  goString,
  goTime,
  goUint,
} from "../../../src/wire/gob/go-type.ts";
import { GobEncoder } from "../../../src/wire/gob/gob-encoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { chunksOf, decode } from "./decode.ts";

/** An array's elements have no name in its definition, and all opaque types here are times. */
const opaque = new Map([
  ["", readGoTime],
  ["Time", readGoTime],
]);

const fieldNames = ["A", "B", "C", "D"];

const goType: Arbitrary<GoType> = fc.letrec<{ type: GoType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<GoType>(goBool, goInt, goUint, goFloat, goString, goBytes, goTime),
    fc.record({ kind: fc.constant("slice" as const), elem: tie("type") }),
    fc.record({ kind: fc.constant("array" as const), elem: tie("type"), length: fc.nat(3) }),
    fc.record({
      kind: fc.constant("map" as const),
      key: fc.constantFrom(goString, goInt),
      elem: tie("type"),
    }),
    fc.array(tie("type"), { maxLength: 4 }).map((list): GoType => {
      const fields = list.map((type, index) => [fieldNames[index] ?? "", type] as const);
      return { kind: "struct", name: "test.Struct", fields };
    }),
    tie("type").map((type): GoType => ({ kind: "interface", registered: new Map([["T", type]]) })),
  ),
})).type;

/** Values as they are decoded: without fields that are zero. */
function anyValueOf(type: GoType): Arbitrary<GobValue> {
  switch (type.kind) {
    case "bool":
      return fc.boolean();
    case "int":
      return integer(-(2n ** 63n), 2n ** 63n - 1n);
    case "uint":
      return integer(0n, 2n ** 64n - 1n);
    case "float":
      return fc.double();
    case "string":
      return fc.string({ unit: "binary" });
    case "bytes":
      return fc.uint8Array();
    case "opaque":
      return fc.record({
        seconds: fc.integer(),
        nanos: fc.nat(999_999_999),
        zone: fc.constantFrom("UTC" as const, 3_600),
      });
    case "slice":
      return fc.array(anyValueOf(type.elem), { maxLength: 4 });
    case "array":
      return fc.array(anyValueOf(type.elem), { minLength: type.length, maxLength: type.length });
    case "map":
      return fc
        .uniqueArray(fc.tuple(anyValueOf(type.key), anyValueOf(type.elem)), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries) => new Map(entries));
    case "interface":
      return fc.option(
        fc.record({ name: fc.constant("T"), value: anyValueOf(type.registered.get("T") ?? goInt) }),
      );
    case "pointer":
      return anyValueOf(type.elem);
    case "struct":
      return fc
        .tuple(
          ...type.fields.map(([name, field]) => anyValueOf(field).map((value) => [name, value] as const)),
        )
        .map((fields) => Object.fromEntries(fields.filter(([, value]) => !isZero(value))));
  }
}

function integer(min: bigint, max: bigint): Arbitrary<number | bigint> {
  const wide = fc.bigInt({ min, max });
  const near = fc.integer({ min: min === 0n ? 0 : -200, max: 200 }).map(BigInt);
  return fc.oneof(wide, near).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
}

/** Zero, and so left out of a struct. An empty map is none, nor is an array of zero elements. */
function isZero(value: GobValue): boolean {
  if (value instanceof Uint8Array) return value.byteLength === 0;
  return value === null || value === false || value === 0 || value === "";
}

it("gives back every value of every type", () => {
  const typed = goType.chain((type) =>
    fc.tuple(fc.constant(type), fc.array(anyValueOf(type), { minLength: 1, maxLength: 3 })),
  );
  fc.assert(
    fc.property(typed, fc.integer({ min: 1, max: 40 }), ([type, values], size) => {
      const encoder = new GobEncoder();
      const stream = Buffer.concat(values.map((value) => encoder.encode(type, value)));
      const whole = decode([stream], { opaque });
      expect(whole.map(withoutEmptyLists)).toEqual(values.map(withoutEmptyLists));
      expect(decode(chunksOf(size, stream), { opaque })).toEqual(whole);
    }),
    { seed: 1, numRuns: 150 },
  );
}, 300_000);

/** Fields with empty lists: slices are left out, arrays of length 0 are not. */
function withoutEmptyLists(value: GobValue): GobValue {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (value instanceof Map) return new Map([...value].map(([key, elem]) => [key, withoutEmptyLists(elem)]));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, field]) => !(Array.isArray(field) && field.length === 0));
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutEmptyLists(field)]));
}
