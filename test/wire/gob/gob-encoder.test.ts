import { describe, expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
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
import { decode } from "./decode.ts";
import { readGolden } from "./read-golden.ts";
import * as types from "./sample-types.ts";

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("GobEncoder", () => {
  it("defines a type once in a stream, and again in another", () => {
    const encoder = new GobEncoder();
    const first = encoder.encode(types.point, { X: 22, Y: 33 });
    const second = encoder.encode(types.point, { X: 22, Y: 33 });
    expect(hexOf(first).endsWith(hexOf(second))).toBe(true);
    expect(second.byteLength).toBe(8);
    expect(hexOf(new GobEncoder().encode(types.point, { X: 22, Y: 33 }))).toBe(hexOf(first));
  });

  it("leaves out zero values, given or absent, and pointers to them", () => {
    const given = {
      Int: 7,
      Zero: 0,
      Nil: null,
      Twice: "deep",
      Point: { X: 1, Y: 2 },
      NoneAt: undefined,
      Empty: { X: 0 },
      Last: 9,
    };
    const golden = hexOf(readGolden("pointers"));
    expect(golden.startsWith(hexOf(new GobEncoder().encode(types.pointers, given)))).toBe(true);
  });

  it.each<[GoType, GobValue]>([
    [
      types.kinds,
      { Bool: false, Int: 0, Int64: 0n, Uint: 0, Float64: -0, String: "", Bytes: new Uint8Array(0) },
    ],
    [types.times, { Zero: { seconds: -62_135_596_800, nanos: 0, zone: "UTC" }, List: [] }],
    [types.drawing, { First: null, Shapes: [], ByName: null }],
  ])("sends the same for zero values as for absent ones: %#", (type, zeros) => {
    expect(hexOf(new GobEncoder().encode(type, zeros))).toBe(hexOf(new GobEncoder().encode(type, {})));
  });

  it("sends maps that are empty, but not absent ones", () => {
    const [value] = decode([new GobEncoder().encode(types.collections, { Empty: new Map() })]);
    expect(value).toEqual({ Array: [0, 0, 0], Zeros: ["", ""], Empty: new Map() });
  });

  it("takes null for a zero value in a collection", () => {
    const [value] = decode([new GobEncoder().encode(types.strings, ["a", null])]);
    expect(value).toEqual(["a", ""]);
  });

  it.each<[string, GoType, GobValue, string]>([
    ["text for a number", goInt, "7", "int: int wanted, string met"],
    [
      "a number for text",
      types.rpcError,
      { ErrorString: 7 },
      "types.RpcError.ErrorString: string wanted, number met",
    ],
    ["a number for a bool", goBool, 1, "bool: bool wanted, number met"],
    ["a bigint for a float", goFloat, 1n, "float64: float64 wanted, bigint met"],
    ["text for bytes", goBytes, "a", "[]uint8: []uint8 wanted, string met"],
    ["a bool for a uint", goUint, true, "uint: uint wanted, boolean met"],
    ["a list for a struct", types.point, [], "main.Point: main.Point wanted, Array met"],
    ["an object for a list", types.strings, {}, "[]string: []string wanted, Object met"],
    ["an object for a map", types.metadata, {}, "map[string]string: map[string]string wanted, Object met"],
    ["text for an interface", types.anything, "a", "interface {}: interface {} wanted, string met"],
    ["a field the type has not", types.point, { x: 1 }, "main.Point: main.Point has no field x"],
    [
      "a deep mistake",
      types.collections,
      { Nested: [[1], [1, "2"]] },
      "main.Collections.Nested[1][1]: int wanted",
    ],
    ["a wrong key", types.stringToInt, new Map([[1, 1]]), "map[string]int key: string wanted, number met"],
    [
      "a wrong element of a map",
      types.stringToInt,
      new Map([["a", "b"]]),
      "map[string]int[a]: int wanted, string met",
    ],
    ["an interface value of no registered type", types.anything, { name: "Star", value: 1 }, "Star met"],
    [
      "a wrong interface value",
      types.anything,
      { name: "int", value: "a" },
      "interface {}.(int): int wanted, string met",
    ],
    [
      "a nil pointer in a list",
      types.collections,
      { Refs: [null] },
      "Refs[0]: a value wanted, a nil pointer met",
    ],
    [
      "a nil pointer by itself",
      { kind: "pointer", elem: goInt },
      null,
      "int: a value wanted, a nil pointer met",
    ],
    ["what is no time", goTime, "now", "a time {seconds, nanos, zone} or its bytes wanted"],
  ])("refuses %s", (_, type, value, message) => {
    expect(() => new GobEncoder().encode(type, value)).toThrow(message);
    expect(() => new GobEncoder().encode(type, value)).not.toThrow(CoalmineError);
  });

  it.each<[GoType, GobValue]>([
    [goInt, 2n ** 63n],
    [goInt, 0.5],
    [goUint, -1],
    [types.twoBools, [true]],
  ])("refuses a value out of its range: %#", (type, value) => {
    expect(() => new GobEncoder().encode(type, value)).toThrow(RangeError);
  });

  it("leaves the stream as it was when it refuses a value", () => {
    const encoder = new GobEncoder();
    const refused = { First: { name: "Circle", value: {} }, Second: "no interface" };
    expect(() => encoder.encode(types.drawing, refused)).toThrow(TypeError);
    const drawing = { First: { name: "Circle", value: { Radius: 1 } } };
    expect(decode([encoder.encode(types.drawing, drawing)])).toEqual([drawing]);
  });

  it("takes equal make-ups for one type and equal names for two", () => {
    const list = (): GoType => ({ kind: "slice", elem: { kind: "map", key: goString, elem: types.point } });
    const one: GoType = {
      kind: "struct",
      name: "main.Same",
      fields: [
        ["A", list()],
        ["B", list()],
      ],
    };
    const other: GoType = { kind: "struct", name: "main.Same", fields: [["C", goString]] };
    const encoder = new GobEncoder();
    const sent = [
      encoder.encode(one, { A: [new Map([["p", { X: 1 }]])] }),
      encoder.encode(other, { C: "c" }),
    ];
    expect(decode(sent, { maxTypes: 5 })).toEqual([{ A: [new Map([["p", { X: 1 }]])] }, { C: "c" }]);
  });
});
