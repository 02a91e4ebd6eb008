/** Go's own decoder reads what we encode, and what Go then makes of it is what we meant. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GoType } from "../../../src/wire/gob/go-type.ts";
import { GobEncoder } from "../../../src/wire/gob/gob-encoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";
import { runCommand } from "../../servers/run-command.ts";
import { decode } from "../../wire/gob/decode.ts";
import { sampleStreams } from "../../wire/gob/sample-streams.ts";
import { analysisRunPart, collections, kinds } from "../../wire/gob/sample-types.ts";

const moduleFolder = join(import.meta.dirname, "../../tools/wire-golden/gob");

let folder: string;

/** The first build compiles the Kubernetes API: minutes on a small machine. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coalmine-gob-"));
  await runCommand("go", ["build", "-mod=readonly", "-buildvcs=false", "-o", join(folder, "gob"), "."], {
    cwd: moduleFolder,
  });
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What Go makes of the values when it reads them as the types of a golden stream, and sends them back. */
function echoed(name: string, values: readonly (readonly [GoType, GobValue])[]): GobValue[] {
  const encoder = new GobEncoder();
  const input = Buffer.concat(values.map(([type, value]) => encoder.encode(type, value)));
  return decode([execFileSync(join(folder, "gob"), ["echo", name], { input, maxBuffer: 2 ** 26 })]);
}

describe("encoding/gob", () => {
  it.each(Object.entries(sampleStreams))("reads and gives back: %s", (name, stream) => {
    expect(echoed(name, stream)).toEqual(stream.map(([, value]) => value));
  });

  it("reads hundreds of values of one stream, of every kind and size", () => {
    const values = fc.sample(anyKinds, { numRuns: 500, seed: 7 });
    expect(
      echoed(
        "kinds",
        values.map((value) => [kinds, value]),
      ),
    ).toEqual(values.map(withoutZeros));
  });

  it("reads hundreds of collections", () => {
    const values = fc.sample(anyCollections, { numRuns: 300, seed: 7 });
    const expected = values.map((value) => ({ ...withoutZeros(value), Zeros: ["", ""] }));
    expect(
      echoed(
        "collections",
        values.map((value) => [collections, value]),
      ),
    ).toEqual(expected);
  });

  it("reads an AnalysisRun of Argo of which we know only some fields", () => {
    const at = { seconds: 1_783_341_015, nanos: 0, zone: "UTC" } as const;
    const run = {
      ObjectMeta: { Name: "checkout", CreationTimestamp: at, Labels: new Map([["app", "checkout"]]) },
      Status: { Phase: "Running", StartedAt: at },
    };
    expect(echoed("argo analysis run", [[analysisRunPart, run]])).toMatchObject([run]);
  });
});

const anyKinds = fc.record({
  Bool: fc.boolean(),
  Int: fc.maxSafeInteger(),
  Int8: fc.integer({ min: -128, max: 127 }),
  Int64: fc.oneof(
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  ),
  Uint: fc.maxSafeNat(),
  Uint8: fc.nat(255),
  Uint64: fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  Float32: fc.float({ noNaN: true }),
  Float64: fc.double({ noNaN: true }),
  String: fc.string({ unit: "binary", maxLength: 300 }),
  Bytes: fc.uint8Array({ maxLength: 300 }),
});

const anyCollections = fc.record({
  Array: fc.tuple(fc.integer(), fc.integer(), fc.integer()),
  Slice: fc.array(fc.string()),
  Nested: fc.array(fc.array(fc.integer())),
  Map: fc
    .dictionary(fc.string(), fc.integer(), { noNullPrototype: true })
    .map((entries) => new Map(Object.entries(entries))),
  ByInt: fc.uniqueArray(fc.integer()).map((keys) => new Map(keys.map((key) => [key, [String(key)]]))),
});

/** What Go sends back: fields that are zero are left out. */
function withoutZeros<T extends Readonly<Record<string, unknown>>>(value: T): Partial<T> {
  const isZero = (field: unknown): boolean =>
    field === false ||
    field === 0 ||
    field === "" ||
    (typeof field === "object" && field !== null && "length" in field && field.length === 0);
  return Object.fromEntries(Object.entries(value).filter(([, field]) => !isZero(field))) as Partial<T>;
}
