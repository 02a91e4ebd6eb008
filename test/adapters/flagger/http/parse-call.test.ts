import { describe, expect, it } from "vitest";
import { parseCall } from "../../../../src/adapters/flagger/http/parse-call.ts";

const sent = { name: "podinfo", namespace: "test", phase: "Progressing", checksum: "85d557f47b" };
const parse = (changes: object) => parseCall(JSON.stringify({ ...sent, ...changes }), "rollout");
const canary = { name: "podinfo", namespace: "test" };

describe("what it reads", () => {
  it("is what Flagger sends, the token apart", () => {
    const metadata = { kind: "confirm-rollout", token: "s3cret" };
    expect(parse({ metadata })).toEqual({
      call: {
        hook: "rollout",
        canary,
        phase: "Progressing",
        checksum: "85d557f47b",
        metadata: { kind: "confirm-rollout" },
      },
      token: "s3cret",
    });
  });

  it.each([[{}], [{ metadata: null }], [{ metadata: {} }], [{ metadata: { token: "" } }]])(
    "has no metadata in %j",
    (changes) => {
      expect(parse(changes)).toMatchObject({ call: { metadata: {} }, token: null });
    },
  );

  it("takes a newer Flagger's fields and phases", () => {
    const newer = { phase: "WaitingTrafficIncrease", weight: 20, target: { kind: "Deployment" } };
    expect(parse(newer).call).toEqual({
      hook: "rollout",
      canary,
      phase: newer.phase,
      checksum: sent.checksum,
      metadata: {},
    });
  });

  it("keeps a key that JavaScript has other plans for out of its ways", () => {
    const body = `{"name":"a","namespace":"b","phase":"x","checksum":"1","metadata":{"__proto__":"y","constructor":"z"}}`;
    const { call } = parseCall(body, "event");
    expect(Object.getPrototypeOf(call.metadata)).toBe(Object.prototype);
    expect(call.metadata["constructor"]).toBe("z");
  });

  it("takes the type from metadata.hook where the address has none", () => {
    const body = JSON.stringify({ ...sent, metadata: { hook: "confirm-promotion" } });
    expect(parseCall(body, null).call).toMatchObject({ hook: "confirm-promotion", metadata: {} });
    expect(parseCall(body, "rollback").call.hook).toBe("rollback");
  });
});

describe("what it refuses", () => {
  it.each([
    [{ name: "Pod_Info" }, /^name: expected the Canary's name, a DNS name$/],
    [{ name: "a".repeat(254) }, /^name: expected/],
    [{ name: "" }, /^name: expected/],
    [{ namespace: "a.b" }, /^namespace: expected .* a DNS label$/],
    [{ namespace: undefined }, /^namespace: expected/],
    [{ namespace: 7, checksum: null }, /^namespace: .*; checksum: /],
    [{ checksum: undefined }, /^checksum: .*Flagger sends from 1\.34 on$/],
    [{ checksum: "a b" }, /^checksum: /],
    [{ phase: "x".repeat(101) }, /^phase: /],
    [{ metadata: "spec" }, /^metadata: expected a map of texts$/],
    [{ metadata: ["a"] }, /^metadata: expected a map/],
    [
      { metadata: { threshold: 99 } },
      /^metadata\.threshold: expected text; put numbers and booleans in quotes$/,
    ],
    [
      { metadata: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, ""])) },
      /^metadata: expected at most 100 keys; got 101$/,
    ],
    [{ metadata: { ["k".repeat(254)]: "" } }, /^metadata: expected keys of at most 253 characters$/],
    [{ metadata: { k: "v".repeat(16_385) } }, /^metadata\.k: expected at most 16384 characters$/],
  ])("names the fault of %j", (changes, fault) => {
    expect(() => parse(changes)).toThrow(fault);
  });

  it.each([
    ["", "the request has no body; it must hold Flagger's JSON"],
    ["[]", "expected a JSON object as Flagger sends it"],
    ["null", "expected a JSON object as Flagger sends it"],
    ['{"metadata":{"token":"s3cret', "the body is no JSON"],
    ['{"metadata":{"token":s3cret}}', "the body is no JSON"],
  ])("says of %j what it is, and quotes nothing of it", (body, fault) => {
    expect(() => parseCall(body, "rollout")).toThrow(fault);
    expect(() => parseCall(body, "rollout")).not.toThrow(/s3cret/);
  });

  it("says where JSON breaks", () => {
    expect(() => parseCall('{"name" 1}', "rollout")).toThrow(/^the body is no JSON at position 8$/);
  });

  it.each([
    [{ hook: "confirm-promtion" }, /did you mean confirm-promotion\?$/],
    [{ hook: "zzzzzzzz" }, /known: confirm-rollout, pre-rollout, /],
    [{}, /metadata\.hook says which webhook this is, and is missing; known: /],
  ])("names the types for metadata %j", (metadata, fault) => {
    expect(() => parseCall(JSON.stringify({ ...sent, metadata }), null)).toThrow(fault);
  });
});
