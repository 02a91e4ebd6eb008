import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packedDictionary } from "../../../src/adapters/argo-rollouts/packed-dictionary.ts";
import { packState, unpackState } from "../../../src/adapters/argo-rollouts/packed-state.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { writeSpec } from "../../../src/analysis/spec/write-spec.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { type RunName, realRun, runNames, startedAt, stepsOf } from "../../analysis/saved-state/real-runs.ts";
import { seeded } from "../../support/seeded.ts";

async function analysisAfter(name: RunName, looks: number) {
  const run = realRun(name);
  const step = (await stepsOf(run)).at(looks);
  if (step === undefined) throw new Error(`${name} ended before`);
  return { spec: run.spec, startedAt, state: step.state };
}

/** Any content in the form of version 1. */
function packedAs(content: unknown): string {
  const dictionary = Buffer.from(packedDictionary);
  const deflated = deflateRawSync(JSON.stringify(content), { dictionary });
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(deflated, crc32(dictionary)));
  return `1.${Buffer.concat([checksum, deflated]).toString("base64url")}`;
}

function told(unpack: () => unknown): string {
  try {
    unpack();
    return "no error";
  } catch (error) {
    if (!(error instanceof CoalmineError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe("packState and unpackState", () => {
  it.each(runNames)("bring an analysis through text as it was: %s", async (name) => {
    for (const looks of [0, 5, -1]) {
      const analysis = await analysisAfter(name, looks);
      expect(unpackState(packState(analysis, 100_000) ?? "")).toEqual(analysis);
    }
  });

  it("bring an analysis before its first look through text", () => {
    const { spec } = realRun("every kind of metric");
    expect(unpackState(packState({ spec, startedAt, state: null }) ?? "")).toEqual({
      spec,
      startedAt,
      state: null,
    });
  });

  it("use one line of letters, digits, dot, dash and underscore", async () => {
    expect(packState(await analysisAfter("the default spec", -1))).toMatch(/^1[.][\w-]+$/);
  });

  it("give nothing rather than a text over the limit", async () => {
    const analysis = await analysisAfter("the default spec", 9);
    const text = packState(analysis);
    const length = text?.length ?? 0;
    expect(packState(analysis, length)).toBe(text);
    expect(packState(analysis, length - 1)).toBeNull();
  });

  // What was packed by a version that is still in the field: any change of the dictionary breaks it.
  it("read what was packed when version 1 was made", () => {
    const { spec, startedAt: start, state } = unpackState(packedByVersion1);
    expect({ service: spec.service, start, state }).toEqual({
      service: "checkout",
      start: startedAt,
      state: null,
    });
  });

  it("refuse a text in which any character was changed, or that was cut", async () => {
    const text = packState(await analysisAfter("the default spec", 9)) ?? "";
    const random = seeded(8);
    for (let i = 0; i < 200; i++) {
      const at = Math.floor(random() * (text.length - 1));
      const other = text[at] === "A" ? "B" : "A";
      const changed = `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
      expect(told(() => unpackState(changed))).toMatch(/^invalid-request: the packed analysis: /);
      expect(told(() => unpackState(text.slice(0, at)))).toMatch(/^invalid-request: /);
    }
  });

  it.each([
    ['expected a text that starts with "1."', ""],
    ["expected base64url after the version", "1."],
    ["expected base64url after the version", "1.AAAA AAAA"],
    ["its checksum is wrong", "1.AAAA"],
    ["expected version 1, got 2: another version of Coalmine wrote it", "2.AAAAAAAA"],
    ["expected at most 262144 characters, got 300000", "1.".padEnd(300_000, "A")],
    ["cannot be inflated to at most 262144 bytes", packedAs("x".repeat(300_000))],
    ["expected a map of keys to values", packedAs(null)],
    ["state: is missing", packedAs({ spec: {}, startedAt })],
    ["more: unknown key `more`", packedAs({ spec: {}, startedAt, state: null, more: 1 })],
  ])("refuse what is no such text, and say why: %s", (why, text) => {
    const message = told(() => unpackState(text));
    expect(message).toContain("invalid-request: the packed analysis: ");
    expect(message).toContain(why);
  });

  it("refuse a spec that is none, as parseSpec does", () => {
    const text = packedAs({ spec: { service: "checkout" }, startedAt, state: null });
    expect(told(() => unpackState(text))).toMatch(/^invalid-spec: .*telemetry/s);
  });

  it("refuse a state that is not of the spec beside it", async () => {
    const { state } = await analysisAfter("the default spec", 5);
    const spec = writeSpec(realRun("every kind of metric").spec);
    expect(told(() => unpackState(packedAs({ spec, startedAt, state })))).toMatch(
      /^invalid-request: the saved state cannot be gone on from; start the analysis anew: metrics: /,
    );
  });

  it("refuse a state that started at another time", async () => {
    const { spec, state } = await analysisAfter("the default spec", 5);
    const text = packedAs({ spec: writeSpec(spec), startedAt: startedAt + 1, state });
    expect(told(() => unpackState(text))).toContain("started at another time");
  });

  it("keep the spec to the last bit", () => {
    const spec = parseSpec({
      ...(writeSpec(realRun("the default spec").spec) as object),
      evidenceCap: 2.1 + 0.2,
    });
    expect(unpackState(packState({ spec, startedAt, state: null }) ?? "").spec).toEqual(spec);
  });
});

const packedByVersion1 =
  "1.rlqAhaO4XZeckZqcDYp81PYd9oYdsQ06fA03WjTXBqKFRq6dqG0uMxKaXAbFw6rNZWZuZGRqZgAC8OYXOPkDAA";
