/** The values of the golden streams, in our words. */

import { zeroGoTime } from "../../../src/wire/gob/go-time.ts";
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
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import * as types from "./sample-types.ts";

/** What is written with one encoder. */
type SampleStream = readonly (readonly [GoType, GobValue])[];

const moment = { seconds: 1_783_341_015, nanos: 0, zone: "UTC" } as const;
const utc = { ...moment, nanos: 123_456_789 };
const { anything, drawing, point } = types;

const group = {
  name: "Group",
  value: {
    Name: "inner",
    Members: [
      { name: "Circle", value: { Radius: 1 } },
      { name: "Square", value: { Side: 2 } },
      null,
      { name: "Group", value: { Name: "innermost", Lead: { name: "Circle", value: { Radius: 3 } } } },
    ],
    Lead: { name: "string", value: "text" },
  },
};

/** By the names of test/wire/gob/golden/golden.json; each is both what Go's bytes hold and what they are made from. */
export const sampleStreams: Readonly<Record<string, SampleStream>> = {
  "point twice": [
    [point, { X: 22, Y: 33 }],
    [point, { X: 1 }],
  ],
  kinds: [
    [
      types.kinds,
      {
        Bool: true,
        Int: -129,
        Int8: -8,
        Int64: -(2n ** 63n),
        Uint: 7,
        Uint8: 255,
        Uint64: 2n ** 64n - 1n,
        Float32: 0.5,
        Float64: 17,
        String: "héllo",
        Bytes: new Uint8Array([1, 2, 3]),
      },
    ],
    [types.kinds, {}],
  ],
  ints: [
    [
      types.ints,
      [
        ...[0, 1, -1, 63, 64, -64, -65, 127, 128, 255, 256, 2 ** 31, -(2 ** 31), 2 ** 47],
        ...[2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)],
      ],
    ],
  ],
  uints: [
    [types.uints, [0, 127, 128, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n]],
  ],
  floats: [
    [
      types.floats,
      [
        0,
        1,
        -1,
        17,
        0.1,
        Number.MAX_VALUE,
        Number.MIN_VALUE,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        -0,
      ],
    ],
  ],
  "not a number": [[goFloat, Number.NaN]],
  "top-level": [
    [goInt, 3],
    [goInt, -129],
    [goUint, 256],
    [goFloat, 17],
    [goBool, true],
    [goBool, false],
    [goString, ""],
    [goString, "text"],
    [goBytes, new Uint8Array(Buffer.from("bytes"))],
    [goBytes, new Uint8Array(0)],
  ],
  "top-level collections": [
    [types.strings, ["a", ""]],
    [types.stringToInt, new Map([["one", 1]])],
    [types.twoBools, [true, false]],
    [types.ints, []],
    [types.stringToInt, new Map()],
    [types.stringToInt, new Map()],
  ],
  "empty struct": [[types.emptyStruct, {}]],
  times: [
    [
      types.times,
      {
        At: utc,
        Pointer: { ...utc, zone: -12_600 },
        ZeroPtr: zeroGoTime,
        List: [{ ...utc, zone: 3_615 }, zeroGoTime],
      },
    ],
    [types.times, {}],
    [goTime, utc],
  ],
  "binary marshaler": [
    [types.release, { Name: "a", Version: new Uint8Array([1, 2]), Previous: new Uint8Array([0, 9]) }],
    [types.release, { Name: "b" }],
  ],
  "net/rpc": [
    [types.rpcRequest, { ServiceMethod: "Plugin.Run", Seq: 7 }],
    [types.rpcResponse, { ServiceMethod: "Plugin.Run", Seq: 7 }],
    [types.rpcResponse, { ServiceMethod: "Plugin.Run", Seq: 8, Error: "no such method" }],
    [types.emptyStruct, {}],
  ],
  collections: [
    [
      types.collections,
      {
        Array: [1, 0, 3],
        Zeros: ["", ""],
        Slice: ["a", "", "c"],
        Nested: [[1], [], [2, 3]],
        Map: new Map([["one", 1]]),
        ByInt: new Map([[-1, ["x"]]]),
        Empty: new Map(),
        Structs: [{ X: 1, Y: 2 }, {}],
        Refs: [{ X: 3, Y: 4 }],
        RefMap: new Map([["p", { X: 5, Y: 6 }]]),
        Points: new Map([[{ X: 7, Y: 8 }, true]]),
      },
    ],
    [types.collections, { Array: [0, 0, 0], Zeros: ["", ""] }],
  ],
  "map of many": [
    [
      types.stringToInt,
      new Map([
        ["one", 1],
        ["two", 2],
        ["three", 3],
        ["", 0],
      ]),
    ],
  ],
  pointers: [
    [types.pointers, { Int: 7, Twice: "deep", Point: { X: 1, Y: 2 }, Empty: {}, Last: 9 }],
    [types.pointers, {}],
  ],
  tree: [
    [
      types.tree,
      {
        Name: "root",
        Children: [{ Name: "a" }, { Name: "b", Children: [{ Name: "c" }] }],
        Next: { Name: "next" },
      },
    ],
  ],
  embedded: [
    [types.derived, { Base: { Id: 1 }, Point: { X: 2, Y: 3 }, Name: "d" }],
    [types.derived, { Base: {} }],
  ],
  interfaces: [
    [
      drawing,
      {
        Name: "d",
        First: { name: "Circle", value: { Radius: 1.5 } },
        Second: { name: "Square", value: { Side: 2 } },
        Shapes: [{ name: "Circle", value: {} }, null, { name: "Square", value: { Side: 3 } }],
        ByName: new Map([["c", { name: "Circle", value: { Radius: 4 } }]]),
        After: 5,
      },
    ],
    [drawing, { Name: "again", First: { name: "Circle", value: { Radius: 1 } }, After: 6 }],
  ],
  "interfaces in interfaces": [
    [
      drawing,
      {
        Name: "d",
        First: group,
        Second: { name: "Circle", value: { Radius: 9 } },
        Shapes: [group],
        After: 7,
      },
    ],
    [point, { X: 1, Y: 2 }],
  ],
  "top-level interfaces": [
    [anything, { name: "Circle", value: { Radius: 2.5 } }],
    [anything, null],
    [anything, { name: "int", value: 1 }],
    [anything, group],
  ],
  "argo measurement": [
    [
      types.measurement,
      {
        Phase: "Running",
        Message: "41 : 1, needs 20 : 1",
        StartedAt: new Uint8Array(Buffer.from("010000000ee1dd96d700000000ffff", "hex")),
        Value: "62.5",
        Metadata: new Map([["state", "{}"]]),
        ResumeAt: new Uint8Array(Buffer.from("010000000ee1dd96d7000000000078", "hex")),
      },
    ],
    [types.measurement, {}],
  ],
  "argo errors": [
    [types.rpcError, {}],
    [types.rpcError, { ErrorString: "no source" }],
    [types.metadata, new Map([["report", "http://x"]])],
    [goString, "RPCMetric"],
  ],
  "argo step response": [
    [
      types.rpcStepResponse,
      {
        Result: {
          Phase: "Running",
          Message: "m",
          RequeueAfter: 442_800_004_000_000,
          Status: new Uint8Array(Buffer.from('{"id":1}')),
        },
        Error: {},
      },
    ],
    [types.rpcStepResponse, { Result: { Phase: "Successful" }, Error: {} }],
    [types.rpcStepResponse, { Result: {}, Error: { ErrorString: "no source" } }],
    [types.rpcStepResponse, { Result: {}, Error: {} }],
  ],
  "argo step result": [
    [
      types.rpcStepResult,
      {
        Phase: "Running",
        Message: "m",
        RequeueAfter: 11_000_000_000,
        Status: new Uint8Array(Buffer.from('{"id":1}')),
      },
    ],
  ],
};

/** Streams whose bytes may differ from ours: the order of a Go map is left to chance, and NaNs have many forms. */
export const unlikeOurs: readonly string[] = ["map of many", "not a number"];
