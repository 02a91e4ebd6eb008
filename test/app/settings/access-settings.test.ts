import { expect, it } from "vitest";
import { readSettings } from "../../../src/app/settings/settings.ts";
import { CoalmineError, type Problem } from "../../../src/base/errors.ts";
import { digestOf } from "../../../src/base/token.ts";

const token = "a-secret-of-20-chars";
const fit = { name: "ci", token, namespaces: ["shop", "team-*"] };

/** By path; fails if a message repeats the secret. */
function problemsOf(access: unknown): ReadonlyMap<string, string> {
  try {
    readSettings({ access }, {});
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    expect(`${error.message}${JSON.stringify(error.problems)}`).not.toMatch(/secret|1234/);
    return new Map(error.problems.map(({ path, message }: Problem) => [path, message]));
  }
  return new Map();
}

it("is not said unless the settings say it", () => {
  expect(readSettings({}, {}).access).toBeUndefined();
});

it("keeps of a token its digest only", () => {
  const { access } = readSettings({ access: { tokens: [fit] } }, {});
  expect(access).toMatchObject({
    mode: "on",
    tokens: [
      {
        name: "ci",
        namespaces: fit.namespaces,
        scopes: ["read", "write"],
        secret: { kind: "digest", digest: digestOf(token) },
      },
    ],
  });
});

it("keeps the path of a token that is in a file", () => {
  const file = { name: "ci", tokenFile: "/var/run/ci", namespaces: ["*"] };
  const { access } = readSettings({ access: { tokens: [file] } }, {});
  expect(access?.tokens[0]?.secret).toEqual({ kind: "file", path: "/var/run/ci" });
});

it("takes a digest in place of the token", () => {
  const { token: _, ...entry } = fit;
  const sha256 = digestOf(token);
  const { access } = readSettings({ access: { tokens: [{ ...entry, sha256: sha256.toUpperCase() }] } }, {});
  expect(access?.tokens[0]?.secret).toEqual({ kind: "digest", digest: sha256 });
});

it("takes scopes, and both without", () => {
  const { access } = readSettings({ access: { tokens: [{ ...fit, scopes: ["read"] }, fit] } }, {});
  expect(access?.tokens.map(({ scopes }) => scopes)).toEqual([["read"], ["read", "write"]]);
});

it("takes service accounts with the defaults, or as they are said", () => {
  const read = (serviceAccounts: unknown) =>
    readSettings({ access: { serviceAccounts } }, {}).access?.serviceAccounts;
  expect(read({})).toEqual({
    audience: "coalmine",
    scopes: ["read", "write"],
    namespaces: "own",
    allow: ["*/*"],
  });
  const said = {
    audience: "canaries",
    scopes: ["read"],
    namespaces: ["shop", "team-*"],
    allow: ["ci/deploy*"],
  };
  expect(read(said)).toEqual(said);
});

it("may be off, said so", () => {
  expect(readSettings({ access: { mode: "off" } }, {}).access?.mode).toBe("off");
});

it.each([
  ["off with tokens", { mode: "off", tokens: [fit] }, "access", "leave out one of the two"],
  ["off with service accounts", { mode: "off", serviceAccounts: {} }, "access", "leave out one of the two"],
  ["on without anybody", { mode: "on" }, "access", "names nobody who may ask"],
  ["off as a text", "off", "access", "{mode: off}"],
  ["another mode", { mode: "maybe" }, "access.mode", "on or off"],
  [
    "an unknown scope",
    { tokens: [{ ...fit, scopes: ["admin"] }] },
    "access.tokens.0.scopes.0",
    "read or write",
  ],
  ["no scope", { tokens: [{ ...fit, scopes: [] }] }, "access.tokens.0.scopes", "names no scope"],
  [
    "half a digest",
    { tokens: [{ ...fit, token: undefined, sha256: "1234" }] },
    "access.tokens.0.sha256",
    "64 hex",
  ],
  [
    "a token and its digest",
    { tokens: [{ ...fit, sha256: "1".repeat(64) }] },
    "access.tokens.0",
    "needs one of",
  ],
  [
    "an account without a namespace",
    { serviceAccounts: { allow: ["deployer"] } },
    "access.serviceAccounts.allow.0",
    "namespace/name",
  ],
  [
    "an unknown key of accounts",
    { serviceAccounts: { audiences: [] } },
    "access.serviceAccounts",
    "did you mean `audience`?",
  ],
  [
    "an audience of two words",
    { serviceAccounts: { audience: "a b" } },
    "access.serviceAccounts.audience",
    "one word",
  ],
  [
    "namespaces as one text",
    { serviceAccounts: { namespaces: "shop" } },
    "access.serviceAccounts.namespaces",
    "expected own, or a list",
  ],
])("refuses %s, in other words than its own", (_, access, path, told) => {
  expect(problemsOf(access).get(path)).toContain(told);
});

it.each([
  ["a text", "a-secret-of-20-chars", "access", "a map with tokens"],
  ["nothing", null, "access", "a map with tokens"],
  ["no list", { tokens: { "a-secret-of-20-chars": ["*"] } }, "access.tokens", "a list"],
  ["an empty list", { tokens: [] }, "access.tokens", "access: {mode: off}"],
  ["a bare token", { tokens: ["a-secret-of-20-chars"] }, "access.tokens.0", "a map with name"],
  ["an unknown key", { tokens: [fit], tokns: [] }, "access", "did you mean `tokens`?"],
  [
    "a misspelt key",
    { tokens: [{ ...fit, nmespaces: [] }] },
    "access.tokens.0",
    "did you mean `namespaces`?",
  ],
  [
    "a token as a key",
    { tokens: [{ ...fit, "a-secret-of-20-chars": [] }] },
    "access.tokens.0",
    "20 characters",
  ],
])("refuses %s", (_, access, path, told) => {
  expect(problemsOf(access).get(path)).toContain(told);
});

it.each([
  ["short", { token: "secret-of-15-ch" }, "token", "shorter than 16"],
  ["long", { token: "secret".repeat(1_000) }, "token", "longer than"],
  ["of two words", { token: "secret of two words" }, "token", "one word of ASCII"],
  ["a number", { token: 1_234_567_890_123_456 }, "token", "quotes"],
  ["nowhere", { token: undefined }, "", "needs one of token, tokenFile and sha256"],
  ["in two places", { tokenFile: "/secret" }, "", "needs one of token, tokenFile and sha256"],
])("refuses a token that is %s", (_, changes, key, told) => {
  const path = ["access.tokens.0", ...(key === "" ? [] : [key])].join(".");
  expect(problemsOf({ tokens: [{ ...fit, ...changes }] }).get(path)).toContain(told);
});

it.each([["", "a b", "a\nb", "x".repeat(64), 7]].flat())("refuses the name %j", (name) => {
  expect([...problemsOf({ tokens: [{ ...fit, name }] }).keys()]).toEqual(["access.tokens.0.name"]);
});

it.each(["", "-shop", "Shop", "*-shop", "team-**", "te*am", "a/b", 7, null])(
  "refuses the namespace %j",
  (namespace) => {
    const problems = problemsOf({ tokens: [{ ...fit, namespaces: ["shop", namespace] }] });
    expect([...problems.keys()]).toEqual(["access.tokens.0.namespaces.1"]);
  },
);

it("refuses a token of no namespace", () => {
  expect(problemsOf({ tokens: [{ ...fit, namespaces: [] }] }).has("access.tokens.0.namespaces")).toBe(true);
});

it("tells all of it at once", () => {
  const paths = problemsOf({
    tokens: [
      { ...fit, name: 7, nme: "x", namespaces: [""] },
      { ...fit, token: "secret" },
    ],
  }).keys();
  expect([...paths].sort()).toEqual([
    "access.tokens.0",
    "access.tokens.0.name",
    "access.tokens.0.namespaces.0",
    "access.tokens.1.token",
  ]);
});
