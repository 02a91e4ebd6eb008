/** The types of test/tools/wire-golden/gob, in our words. */
import {
  embeddedTime,
  type GoField,
  type GoType,
  goBool,
  goBytes,
  goFloat,
  goInt,
  goString,
  goTime,
  goUint,
  type InterfaceType,
  type OpaqueType,
  type StructType,
} from "../../../src/wire/gob/go-type.ts";

const struct = (name: string, fields: readonly GoField[]): StructType => ({ kind: "struct", name, fields });
const slice = (elem: GoType): GoType => ({ kind: "slice", elem });
const array = (length: number, elem: GoType): GoType => ({ kind: "array", length, elem });
const map = (key: GoType, elem: GoType): GoType => ({ kind: "map", key, elem });
const pointer = (elem: GoType): GoType => ({ kind: "pointer", elem });

export const point = struct("main.Point", [
  ["X", goInt],
  ["Y", goInt],
]);

export const kinds = struct("main.Kinds", [
  ["Bool", goBool],
  ["Int", goInt],
  ["Int8", goInt],
  ["Int64", goInt],
  ["Uint", goUint],
  ["Uint8", goUint],
  ["Uint64", goUint],
  ["Float32", goFloat],
  ["Float64", goFloat],
  ["String", goString],
  ["Bytes", goBytes],
]);

export const times = struct("main.Times", [
  ["At", goTime],
  ["Pointer", pointer(goTime)],
  ["Zero", goTime],
  ["ZeroPtr", pointer(goTime)],
  ["List", slice(goTime)],
]);

/** A BinaryMarshaler, of its bytes. */
const version: OpaqueType = {
  kind: "opaque",
  name: "main.Version",
  by: "BinaryMarshalerT",
  encode: (value) => value as Uint8Array,
  isZero: (value) => (value as Uint8Array).every((byte) => byte === 0),
  fields: [],
};

export const release = struct("main.Release", [
  ["Name", goString],
  ["Version", version],
  ["Previous", pointer(version)],
]);

export const collections = struct("main.Collections", [
  ["Array", array(3, goInt)],
  ["Zeros", array(2, goString)],
  ["Slice", slice(goString)],
  ["Nested", slice(slice(goInt))],
  ["Map", map(goString, goInt)],
  ["ByInt", map(goInt, slice(goString))],
  ["Empty", map(goString, goString)],
  ["Nil", map(goString, goString)],
  ["Structs", slice(point)],
  ["Refs", slice(pointer(point))],
  ["RefMap", map(goString, pointer(point))],
  ["Points", map(point, goBool)],
]);

export const pointers = struct("main.Pointers", [
  ["Int", pointer(goInt)],
  ["Zero", pointer(goInt)],
  ["Nil", pointer(goInt)],
  ["Twice", pointer(pointer(goString))],
  ["Point", pointer(point)],
  ["NoneAt", pointer(point)],
  ["Empty", pointer(point)],
  ["Last", goInt],
]);

export const tree: StructType = {
  kind: "struct",
  name: "main.Tree",
  get fields(): readonly GoField[] {
    return [
      ["Name", goString],
      ["Children", slice(tree)],
      ["Next", pointer(tree)],
    ];
  },
};

export const derived = struct("main.Derived", [
  ["Base", struct("main.Base", [["Id", goInt]])],
  ["Point", pointer(point)],
  ["Name", goString],
]);

const registered = new Map<string, GoType>([
  ["Circle", struct("main.Circle", [["Radius", goFloat]])],
  ["Square", pointer(struct("main.Square", [["Side", goInt]]))],
  ["int", goInt],
  ["string", goString],
]);

/** An interface variable that may hold any of the registered types. */
export const anything: InterfaceType = { kind: "interface", registered };

registered.set(
  "Group",
  struct("main.Group", [
    ["Name", goString],
    ["Members", slice(anything)],
    ["Lead", anything],
  ]),
);

export const drawing = struct("main.Drawing", [
  ["Name", goString],
  ["First", anything],
  ["Second", anything],
  ["None", anything],
  ["Shapes", slice(anything)],
  ["ByName", map(goString, anything)],
  ["After", goInt],
]);

export const rpcRequest = struct("rpc.Request", [
  ["ServiceMethod", goString],
  ["Seq", goUint],
]);

export const rpcResponse = struct("rpc.Response", [
  ["ServiceMethod", goString],
  ["Seq", goUint],
  ["Error", goString],
]);

export const emptyStruct = struct("", []);
export const strings = slice(goString);
export const ints = slice(goInt);
export const uints = slice(goUint);
export const floats = slice(goFloat);
export const stringToInt = map(goString, goInt);
export const twoBools = array(2, goBool);

const metaTime = embeddedTime("v1.Time");

/** v1alpha1.Measurement of argo-rollouts. */
export const measurement = struct("v1alpha1.Measurement", [
  ["Phase", { ...goString, name: "v1alpha1.AnalysisPhase" }],
  ["Message", goString],
  ["StartedAt", pointer(metaTime)],
  ["FinishedAt", pointer(metaTime)],
  ["Value", goString],
  ["Metadata", map(goString, goString)],
  ["ResumeAt", pointer(metaTime)],
]);

export const rpcError = struct("types.RpcError", [["ErrorString", goString]]);
export const metadata = map(goString, goString);

export const rpcStepResult = struct("types.RpcStepResult", [
  ["Phase", goString],
  ["Message", goString],
  ["RequeueAfter", goInt],
  ["Status", goBytes],
]);

export const rpcStepResponse = struct("main.Response", [
  ["Result", rpcStepResult],
  ["Error", rpcError],
]);

/** A part of v1alpha1.AnalysisRun: what the receiver knows besides stays zero. */
export const analysisRunPart = struct("v1alpha1.AnalysisRun", [
  [
    "ObjectMeta",
    struct("v1.ObjectMeta", [
      ["Name", goString],
      ["CreationTimestamp", metaTime],
      ["Labels", metadata],
    ]),
  ],
  [
    "Status",
    struct("v1alpha1.AnalysisRunStatus", [
      ["Phase", goString],
      ["StartedAt", pointer(metaTime)],
    ]),
  ],
]);
