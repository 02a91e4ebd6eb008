/**
 * How long one turn of the event loop lasts while a large call is decoded:
 * whatever a peer sends, a ping of the host's must not wait for it.
 *
 *   node tools/bench/wire-turns.ts
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { duplexPair } from "node:stream";
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { goMeasurement, goTexts } from "../../src/adapters/argo-rollouts/wire/go-types.ts";
import {
  type GobValue,
  type GoField,
  type GoType,
  goBytes,
  goInt,
  goString,
  goUint,
  type StructType,
} from "../../src/wire/go-plugin/index.ts";
import { GobEncoder } from "../../src/wire/gob/gob-encoder.ts";
import { serveRpc } from "../../src/wire/net-rpc/serve-rpc.ts";

const struct = (name: string, fields: readonly GoField[]): StructType => ({ kind: "struct", name, fields });
const slice = (elem: GoType): GoType => ({ kind: "slice", elem });

const request = struct("rpc.Request", [
  ["ServiceMethod", goString],
  ["Seq", goUint],
]);
const analysisRun = struct("v1alpha1.AnalysisRun", [
  [
    "ObjectMeta",
    struct("v1.ObjectMeta", [
      ["Name", goString],
      ["Labels", goTexts],
      ["ManagedFields", slice(struct("v1.ManagedFieldsEntry", [["Raw", goBytes]]))],
    ]),
  ],
  ["Results", slice(goMeasurement)],
]);

const at = { seconds: 1_783_341_015, nanos: 0, zone: "UTC" } as const;

function measurements(count: number): GobValue {
  const metadata = new Map([["state", "x".repeat(60)]]);
  const one = {
    Phase: "Successful",
    Message: "not worse",
    StartedAt: at,
    FinishedAt: at,
    Metadata: metadata,
  };
  return { ObjectMeta: { Name: "checkout" }, Results: Array.from({ length: count }, () => one) };
}

/** A call of these arguments, as a client that has just connected sends it. */
function callOf(type: GoType, args: GobValue): Buffer {
  const encoder = new GobEncoder();
  const header = encoder.encode(request, { ServiceMethod: "Plugin.Run", Seq: 1 });
  return Buffer.concat([header, encoder.encode(type, args)]);
}

/** So many calls, of nothing. */
function callsOf(count: number): Buffer {
  const encoder = new GobEncoder();
  const call = (seq: number) => [
    encoder.encode(request, { ServiceMethod: "Plugin.Run", Seq: seq }),
    encoder.encode(goString, ""),
  ];
  return Buffer.concat(Array.from({ length: count }, (_, seq) => call(seq)).flat());
}

function many(count: number, item: GobValue): GobValue {
  return Array.from({ length: count }, () => item);
}

const empty = struct("main.Empty", [["A", goInt]]);
const manyFields = struct(
  "main.Fields",
  Array.from({ length: 11_000 }, (_, index) => [`F${index}`, goInt] as const),
);
const calls: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["AnalysisRun of many measurements, 1 MB", callOf(analysisRun, measurements(6_900))],
  ["AnalysisRun of many measurements, 4 MB", callOf(analysisRun, measurements(27_600))],
  [
    "AnalysisRun of managedFields, 4 MB",
    callOf(analysisRun, { ObjectMeta: { ManagedFields: [{ Raw: new Uint8Array(4e6) }] } }),
  ],
  ["hostile: 990,000 empty structs", callOf(slice(empty), many(990_000, {}))],
  [
    "hostile: 330,000 maps",
    callOf(slice({ kind: "map", key: goInt, elem: goInt }), many(330_000, new Map([[1, 1]]))),
  ],
  ["hostile: 800,000 texts, 4 MB", callOf(slice(goString), many(800_000, "abcd"))],
  ["hostile: one text of 4 MB in two-byte letters", callOf(goString, "é".repeat(2_000_000))],
  ["hostile: a type of 11,000 fields", callOf(manyFields, {})],
  ["hostile: 50,000 calls at once", callsOf(50_000)],
];

console.log("| what is sent | MB | CPU ms in all | longest turn, CPU ms | longest turn, ms on the clock |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const [name, bytes] of calls) {
  // The first time pays for compiling.
  await turnsOf(bytes);
  const { cpuMs, longestCpuMs, longestMs } = await turnsOf(bytes);
  const figures = [
    (bytes.length / 1e6).toFixed(2),
    cpuMs.toFixed(0),
    longestCpuMs.toFixed(1),
    longestMs.toFixed(1),
  ];
  console.log(`| ${name} | ${figures.join(" | ")} |`);
}

async function turnsOf(bytes: Buffer) {
  const [near, far] = duplexPair();
  const watch = watchTurns();
  const served = serveRpc(far, { Plugin: { Run: { reply: goString, handle: () => "done" } } });
  served.catch(() => {});
  near.resume();
  for (let start = 0; start < bytes.length; start += 65_536) {
    near.write(bytes.subarray(start, start + 65_536));
    await turnOfEventLoop();
  }
  near.end();
  await served.catch(() => {});
  return watch();
}

/** Counts the turns of the event loop until it is called. */
function watchTurns() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpuNow = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  const startedAt = cpuNow();
  let turnAt = startedAt;
  let longestCpuMs = 0;
  let isOver = false;
  const turn = () => {
    const now = cpuNow();
    longestCpuMs = Math.max(longestCpuMs, now - turnAt);
    turnAt = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    delay.disable();
    return { cpuMs: cpuNow() - startedAt, longestCpuMs, longestMs: delay.max / 1e6 };
  };
}
