import { describe, expect, it } from "vitest";
import { goInt } from "../../../src/wire/gob/go-type.ts";
import { GobDecoder } from "../../../src/wire/gob/gob-decoder.ts";
import { GobEncoder } from "../../../src/wire/gob/gob-encoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { decode } from "./decode.ts";
import { defineSlice, defineStruct, int, message, text } from "./message.ts";
import { readGolden } from "./read-golden.ts";
import { anything, drawing, point, release, tree } from "./sample-types.ts";

/** Structs, one in another. */
const chainOf = (depth: number): GobValue => (depth === 1 ? {} : { Next: chainOf(depth - 1) });

const three = message(int(2), "00", int(3));

describe("GobDecoder", () => {
  it("reads the value that doc.go explains byte by byte", () => {
    const stream =
      "1fff8103010105506f696e7401ff820001020101580104000101590104000000" +
      "07ff82012c014200" +
      "07ff82012c014200";
    expect(decode([Buffer.from(stream, "hex")])).toEqual([
      { X: 22, Y: 33 },
      { X: 22, Y: 33 },
    ]);
  });

  it("yields what a chunk completes before the rest has come", () => {
    const decoder = new GobDecoder();
    const cut = three.byteLength + 1;
    const stream = Buffer.concat([three, three]);
    expect([...decoder.push(stream.subarray(0, cut))]).toEqual([3]);
    expect(() => decoder.end()).toThrow("the stream ends inside a value");
    expect([...decoder.push(stream.subarray(cut))]).toEqual([3]);
    decoder.end();
  });

  it("keeps what was not taken from a generator for the next one", () => {
    const decoder = new GobDecoder();
    const chunk = Buffer.concat([three, three]);
    const { value } = decoder.push(chunk).next();
    chunk.fill(0);
    expect([value, ...decoder.push(three)]).toEqual([3, 3, 3]);
  });

  it("copies a chunk at once, before anything is taken", () => {
    const decoder = new GobDecoder();
    const chunk = new Uint8Array(three);
    decoder.push(chunk);
    chunk.fill(0);
    expect([...decoder.push(three)]).toEqual([3, 3]);
  });

  it("knows that a value goes on where a message ends before new types", () => {
    const decoder = new GobDecoder();
    const stream = new GobEncoder().encode(anything, { name: "Circle", value: { Radius: 1 } });
    const first = 1 + (stream[0] ?? 0);
    expect([...decoder.push(stream.subarray(0, first))]).toEqual([]);
    expect(() => decoder.end()).toThrow("the stream ends inside a value");
    expect([...decoder.push(stream.subarray(first))]).toEqual([{ name: "Circle", value: { Radius: 1 } }]);
  });

  it("finds what a program with more fields sent, and lacks what it left out", () => {
    const [value] = decode([readGolden("argo run args")]);
    expect(value).toMatchObject({
      name: "RunArgs",
      value: {
        AnalysisRun: {
          TypeMeta: {},
          ObjectMeta: {
            Name: "checkout-6bd9f7-2",
            CreationTimestamp: { seconds: 1_783_341_015, nanos: 0, zone: "UTC" },
            Labels: new Map([["rollouts-pod-template-hash", "6bd9f7"]]),
            OwnerReferences: [{ Kind: "Rollout", Name: "checkout", Controller: true }],
          },
          Spec: { Args: [{ Name: "hash", Value: "6bd9f7" }] },
          Status: { MetricResults: [{ Measurements: [{ Phase: "Running", ResumeAt: { zone: 7_200 } }] }] },
        },
        Metric: {
          Count: { IntVal: 3 },
          FailureLimit: { Type: 1, StrVal: "{{args.limit}}" },
          Provider: {
            Plugin: new Map([["acme/coalmine", new Uint8Array(Buffer.from('{"service":"checkout"}'))]]),
          },
        },
      },
    });
    expect(value).not.toHaveProperty("value.AnalysisRun.ObjectMeta.DeletionTimestamp");
  });

  it("gives opaque values to the reader of their type's name", () => {
    const sent = new GobEncoder().encode(release, { Version: new Uint8Array([1, 2]) });
    const opaque = new Map([["Version", (bytes: Uint8Array): GobValue => [...bytes].join(".")]]);
    expect(decode([sent], { opaque })).toEqual([{ Version: "1.2" }]);
    expect(decode([sent])).toEqual([{ Version: new Uint8Array([1, 2]) }]);
  });

  it("gives the same error again for whatever comes after it", () => {
    const decoder = new GobDecoder();
    expect(() => [...decoder.push(message("02", "01"))]).toThrow("delta 1 before a value");
    expect(() => [...decoder.push(three)]).toThrow("delta 1 before a value");
  });

  it.each<[string, Uint8Array[], string]>([
    ["an empty message", [new Uint8Array([0])], "an empty message"],
    ["a count of nine bytes", [new Uint8Array([0xf7])], "a count of 9 bytes, want 8 or fewer"],
    ["a type that is not defined", [message(int(99), "00")], "type 99 is used before it is defined"],
    ["bytes after a value", [message(int(2), "00", int(3), "00")], "1 bytes too many in a message"],
    [
      "bytes after a definition",
      [message(int(-65), "02", "0102", int(65), "00", "01", int(2), "000007")],
      "1 bytes too many",
    ],
    ["a value that is cut off", [message(int(6), "00", "05", "61")], "string of 5 bytes, 1 bytes remain"],
    ["a type defined twice", [defineSlice(65, 2), defineSlice(65, 2)], "type 65 is defined, want a new id"],
    ["a reserved id defined", [defineSlice(63, 2)], "type 63 is defined, want a new id of 64 or more"],
    ["a known type defined", [defineSlice(20, 2)], "type 20 is defined, want a new id of 64 or more"],
    ["a definition of nothing", [message(int(-65), "00")], "a type definition of 0 types, want 1"],
    [
      "a definition of two types",
      [message(int(-65), "02", "01", "00", "00", "01", "01", "00", "00", "00")],
      "of 2 types",
    ],
    ["a definition without a head", [message(int(-65), "02", "00", "00")], "CommonType is missing"],
    ["a slice of no type", [message(int(-65), "02", "0100", "0000")], "type id 0 in the definition"],
    ["a field that Go would not send", [defineStruct(65, { ["__proto__"]: 2 })], 'field "__proto__" of type'],
    ["a field without a name", [defineStruct(65, { "": 2 })], 'field "" of type'],
    [
      "two fields of one name",
      [message(int(-65), "03", "0102", int(65), "00", "01", "02", `01${text("A")}010400`.repeat(2), "0000")],
      "two fields A in type",
    ],
    [
      "an array of negative length",
      [message(int(-65), "01", "0102", int(65), "00", "01", int(2), "01", int(-1), "0000")],
      "array of length -1, want 0 or more",
    ],
    [
      "a field that the type has not",
      [defineStruct(65, { A: 2 }), message(int(65), "02", int(1), "00")],
      "field 1 of",
    ],
    [
      "a struct without its end",
      [defineStruct(65, { A: 2 }), message(int(65), "01", int(1))],
      "inside a value",
    ],
    [
      "a complex number",
      [message(int(7), "00", "0000")],
      "a complex number, which this decoder does not read",
    ],
    [
      "an interface of no type",
      [message(int(8), "00", text("A"), int(99), "0100")],
      "type 99 is used before",
    ],
    [
      "a long name of a type",
      [message(int(8), "00", "fe0401", "61".repeat(1_025))],
      "1025 characters, want 1024",
    ],
    [
      "an interface value that is too short",
      [message(int(8), "00", text("A"), int(2), "05", "00", "00")],
      "5 bytes, 2 bytes remain",
    ],
    [
      "an interface value that is too long",
      [message(int(8), "00", text("A"), int(2), "03", "00", "00", "00")],
      "1 bytes too many in an interface value",
    ],
    [
      "a broken time",
      [message(int(-65), "05", "01", "01", text("Time"), "00", "00", "00"), message(int(65), "00", "0101")],
      "a time of version 1 in 1 bytes",
    ],
  ])("refuses %s", (_, chunks, error) => {
    expect(() => decode(chunks)).toThrow(error);
  });

  it("refuses an array of another length than its type's", () => {
    const definition = message(int(-65), "01", "0102", int(65), "00", "01", int(2), "01", int(3), "0000");
    expect(decode([definition, message(int(65), "00", "03", int(1), int(2), int(3))])).toEqual([[1, 2, 3]]);
    expect(() => decode([definition, message(int(65), "00", "02", int(1), int(2))])).toThrow(
      "array of 2 elements, want 3",
    );
  });
});

describe("a large value read in turns", () => {
  const elements = Array.from({ length: 25_000 }, (_, index) => ({ X: index + 1 }));
  const points = { kind: "slice", elem: point } as const;
  const stream = new GobEncoder().encode(points, elements);

  it("is the same, and gives way on the way", async () => {
    const decoder = new GobDecoder();
    let turns = 0;
    const turn = async () => {
      turns += 1;
    };
    expect(await Array.fromAsync(decoder.pushInTurns(stream, turn))).toEqual([elements]);
    expect(turns).toBeGreaterThanOrEqual(4);
    decoder.end();
  });

  it("gives way in a map, between keys and elements", async () => {
    const map = new Map(elements.map(({ X }) => [X, X] as const));
    const encoded = new GobEncoder().encode({ kind: "map", key: goInt, elem: goInt }, map);
    let turns = 0;
    const turn = async () => {
      turns += 1;
    };
    expect(await Array.fromAsync(new GobDecoder().pushInTurns(encoded, turn))).toEqual([map]);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it("is under way until it is whole, and goes on in the next call", async () => {
    const decoder = new GobDecoder();
    const refuse = () => Promise.reject(new Error("no time"));
    await expect(Array.fromAsync(decoder.pushInTurns(stream, refuse))).rejects.toThrow("no time");
    expect(() => decoder.end()).toThrow("the stream ends inside a value");
    expect([...decoder.push(three)]).toEqual([elements, 3]);
    decoder.end();
  });

  it("is refused where it is malformed, in whichever turn", async () => {
    const damaged = new Uint8Array(stream).fill(0xff, stream.byteLength - 8);
    const read = Array.fromAsync(new GobDecoder().pushInTurns(damaged, async () => {}));
    await expect(read).rejects.toMatchObject({ code: "invalid-request" });
  });
});

describe("GobDecoder's limits", () => {
  it("refuse a message as soon as its count is there", () => {
    const decoder = new GobDecoder();
    expect(() => [...decoder.push(Buffer.from("fc04000001", "hex"))]).toThrow(
      "message of 67108865 bytes, at most 67108864",
    );
  });

  it("count all messages that one value is spread over, and begin anew with the next", () => {
    const value = { name: "Circle", value: { Radius: 1 } };
    const encoder = new GobEncoder();
    const spread = encoder.encode(anything, value);
    const again = encoder.encode(anything, value);
    expect(decode([spread, again, again, again], { maxMessageBytes: spread.byteLength })).toHaveLength(4);
    expect(() => decode([spread], { maxMessageBytes: spread.byteLength - 5 })).toThrow(
      /value of \d+ bytes, at most/,
    );
  });

  it("refuse a collection longer than what remains of the message", () => {
    const list = [defineSlice(65, 2), message(int(65), "00", "fc7fffffff", int(1))];
    expect(() => decode(list)).toThrow("slice of 2147483647 elements, 1 bytes remain");
  });

  it("refuse a collection of composites of more values than allowed", () => {
    const list = [defineSlice(65, 66), defineSlice(66, 2), message(int(65), "00", "fc7fffffff", "00")];
    expect(() => decode(list)).toThrow("slice of 2147483647 elements, at most 999999 more values in one");
  });

  it("refuse one value too many, each collection and each element counted", () => {
    const lists = [
      defineSlice(65, 66),
      defineSlice(66, 2),
      message(int(65), "00", "02", `02${int(1)}${int(2)}`, `01${int(3)}`),
    ];
    expect(decode(lists, { maxNodes: 6 })).toEqual([[[1, 2], [3]]]);
    expect(() => decode(lists, { maxNodes: 5 })).toThrow("slice of 1 elements, at most 0 more values in one");
    const sent = new GobEncoder().encode(tree, chainOf(20));
    expect(decode([sent], { maxNodes: 20 })).toEqual([chainOf(20)]);
    expect(() => decode([sent], { maxNodes: 19 })).toThrow("more than 19 values in one");
  });

  it("refuse a value nested one deeper than allowed", () => {
    const sent = new GobEncoder().encode(tree, chainOf(10));
    expect(decode([sent], { maxDepth: 10 })).toEqual([chainOf(10)]);
    expect(() => decode([sent], { maxDepth: 9 })).toThrow("nested deeper than 9");
    const deep = new GobEncoder().encode(tree, chainOf(300));
    expect(() => decode([deep])).toThrow("nested deeper than 200");
  });

  it("refuse interfaces in interfaces without end", () => {
    const nested = (depth: number): GobValue =>
      depth === 0 ? null : { name: "Group", value: { Lead: nested(depth - 1) } };
    expect(() => decode([new GobEncoder().encode(anything, nested(150))])).toThrow("nested deeper than 200");
  });

  it("refuse one type too many", () => {
    const definitions = [defineSlice(65, 2), defineSlice(66, 2), defineSlice(67, 2)];
    expect(decode(definitions, { maxTypes: 3 })).toEqual([]);
    expect(() => decode(definitions, { maxTypes: 2 })).toThrow("more than 2 types");
  });

  it("refuse definitions that are too long together", () => {
    const definitions = [defineStruct(65, { Long: 2 }), defineStruct(66, { Long: 2 })];
    expect(() => decode(definitions, { maxDefinitionBytes: 30 })).toThrow(
      /\d+ bytes of type definitions, at most 30/,
    );
  });

  it("hold for the definitions within a value", () => {
    const sent = new GobEncoder().encode(drawing, { First: { name: "Circle", value: {} } });
    expect(() => decode([sent], { maxTypes: 3 })).toThrow("more than 3 types");
  });
});
