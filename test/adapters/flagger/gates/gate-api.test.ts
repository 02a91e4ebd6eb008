import * as fc from "fast-check";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { accessOf } from "../../../support/access-of.ts";
import { gateDifferences, isAsTold } from "../../../support/gate-differences.ts";
import { exchange, exchangeAll, type GateRequest } from "../../../support/gate-exchange.ts";
import { gatePaths, payload } from "../../../support/gate-requests.ts";
import { gateToken, serveGates, tokenAccess } from "../../../support/serve-gates.ts";

async function serve(options: Parameters<typeof serveGates>[0] = {}) {
  const server = await serveGates(options);
  onTestFinished(() => server.close());
  const ask = async (request: GateRequest) => await exchange(server.url, request);
  const post = async (path: string, metadata: object = {}, rest: object = {}) =>
    await ask({ path, body: payload("checkout", { ...rest, metadata }) });
  const status = async (...call: Parameters<typeof post>) => (await post(...call)).status;
  return { ...server, ask, post, status };
}

const nextRevision = { checksum: "6d4f8c9b5d" };

describe("a gate that is opened", () => {
  it("without more is open for every hook but rollback, and for every revision", async () => {
    const { status, gates } = await serve();
    expect(await status("/gate/open")).toBe(202);
    expect(await status("/gate/check")).toBe(200);
    for (const hook of ["confirm-rollout", "confirm-traffic-increase", "confirm-promotion"])
      expect(await status("/gate/check", { hook }, nextRevision)).toBe(200);
    expect(await status("/gate/check", { hook: "rollback" })).toBe(403);
    expect(await gates.list({})).toMatchObject([{ hook: null, revision: null, isOpen: true }]);
  });

  it("for a hook is open for that hook", async () => {
    const { status } = await serve();
    await status("/gate/open", { hook: "confirm-promotion" });
    expect(await status("/gate/check", { hook: "confirm-promotion" }, nextRevision)).toBe(200);
    expect(await status("/gate/check", { hook: "confirm-traffic-increase" })).toBe(403);
    expect(await status("/gate/check")).toBe(403);
  });

  it("for this revision is shut for the next", async () => {
    const { status, gates } = await serve();
    await status("/gate/open", { hook: "confirm-promotion", revision: "this" });
    await status("/rollback/open", { revision: "this" });
    expect(await status("/gate/check", { hook: "confirm-promotion" })).toBe(200);
    expect(await status("/gate/check", { hook: "confirm-promotion" }, nextRevision)).toBe(403);
    expect(await status("/rollback/check")).toBe(200);
    expect(await status("/rollback/check", {}, nextRevision)).toBe(403);
    expect((await gates.list({})).map(({ revision }) => revision)).toEqual(["85d557f47b", "85d557f47b"]);
  });

  it("for this revision answers a check of no hook only if that asks for this revision", async () => {
    const { status } = await serve();
    await status("/gate/open", { revision: "this" });
    expect(await status("/gate/check", { revision: "this" })).toBe(200);
    expect(await status("/gate/check")).toBe(403);
  });

  it.each([
    ["the hook", { hook: "rollout" }, "metadata.hook"],
    ["the revision", { revision: "85d557f47b" }, "metadata.revision: expected this"],
    ["who says it", { by: "a\nb" }, "metadata.by: expected a name"],
  ])("names %s that does not read, and opens nothing", async (_what, metadata, text) => {
    const { post, gates } = await serve();
    const reply = await post("/gate/open", metadata);
    expect(reply.status).toBe(400);
    expect(reply.body).toContain(text);
    expect(await gates.list({})).toEqual([]);
  });

  it("cannot be for this revision at confirm-rollout, for a call without a checksum, or for gates at /rollback", async () => {
    const { post, gates } = await serve();
    const replies = [
      await post("/gate/close", { hook: "confirm-rollout", revision: "this" }),
      await post("/gate/open", { revision: "this" }, { checksum: "" }),
      await post("/rollback/open", { hook: "confirm-promotion" }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(replies[0]?.body).toContain("leave the revision out");
    expect(replies[1]?.body).toContain("checksum: is missing");
    expect(replies[2]?.body).toContain("are at /gate");
    expect(await gates.list({})).toEqual([]);
  });
});

describe("who said it", () => {
  it("is the webhook, or who the metadata say", async () => {
    const { status, gates } = await serve();
    await status("/gate/open");
    await status("/rollback/open", { by: "alice" });
    expect((await gates.list({})).map(({ by }) => by)).toEqual(["alice", "webhook"]);
  });

  it("is the token's name, whatever the metadata say", async () => {
    const { status, gates } = await serve({ access: tokenAccess });
    expect(await status("/gate/open", { by: "alice", token: gateToken })).toBe(202);
    expect(await gates.list({})).toMatchObject([{ by: "ci", at: "2026-01-01T12:00:00.000Z" }]);
  });
});

describe("with access control", () => {
  const basic = `Basic ${Buffer.from(`flagger:${gateToken}`).toString("base64")}`;

  it.each([
    ["metadata.token", { token: gateToken }, {}],
    ["a bearer token", {}, { authorization: `Bearer ${gateToken}` }],
    ["a password in the URL", {}, { authorization: basic }],
  ])("knows a caller by %s", async (_way, metadata, headers) => {
    const { ask } = await serve({ access: tokenAccess });
    const body = payload("checkout", { metadata });
    expect((await ask({ path: "/gate/open", body, headers })).status).toBe(202);
  });

  it.each(gatePaths)("lets nobody else ask %s", async (path) => {
    const { post, gates } = await serve({ access: tokenAccess });
    const [none, wrong, elsewhere] = [
      await post(path),
      await post(path, { token: `${gateToken}!` }),
      await post(path, { token: gateToken }, { namespace: "bank" }),
    ];
    expect([none.status, wrong.status, elsewhere.status]).toEqual([401, 401, 403]);
    expect(none.body).toContain("metadata.token");
    expect(elsewhere.body).toMatch(/the token ci may not (read|write) in the namespace "bank"/);
    expect(await gates.list({})).toEqual([]);
  });

  it("lets a token of one scope ask how a gate stands, and one of the scope write open it", async () => {
    const access = accessOf({
      reader: { namespaces: ["shop"], scopes: ["read"] },
      writer: { namespaces: ["shop"], scopes: ["write"] },
    });
    const { post, gates } = await serve({ access });
    const refused = await post("/gate/open", { token: "reader" });
    expect(refused).toMatchObject({
      status: 403,
      body: expect.stringContaining('add "write" to its scopes'),
    });
    expect(await gates.list({})).toEqual([]);
    expect((await post("/gate/open", { token: "writer" })).status).toBe(202);
    for (const token of ["reader", "writer"]) {
      expect((await post("/gate/check", { token })).status, token).toBe(200);
    }
  });

  it("asks nobody at the paths that say the same to all", async () => {
    const { status } = await serve({ access: tokenAccess });
    expect(await status("/gate/approve")).toBe(200);
    expect(await status("/gate/halt")).toBe(403);
  });

  it("never says a token, right or wrong, whatever is wrong with the call", async () => {
    const { ask, post, logger } = await serve({ access: tokenAccess });
    const token = "another-s3cret";
    const replies = [
      await post("/gate/open", { token }),
      await post("/gate/open", { token, hook: "x", by: "\u0007", revision: token }),
      await post("/gate/open", { token: [token] }),
      await post("/gate/open", { token: gateToken, hook: "x" }),
      await post("/gate/open", { token: gateToken }, { namespace: "bank" }),
      await ask({ path: "/gate/open", body: `{"metadata":{"token":"${token}"` }),
      await ask({ path: "/gate/open", body: "", headers: { authorization: `Bearer ${token}` } }),
    ];
    for (const { status, body } of replies) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain("s3cret");
    }
    expect(JSON.stringify(logger.errors)).not.toContain("s3cret");
  });
});

describe("a call that cannot be served", () => {
  it("of 10 MB is refused, and opens nothing", async () => {
    const { ask, gates } = await serve();
    const body = payload("checkout", { metadata: { note: "x".repeat(10 * 1024 * 1024) } });
    expect(await ask({ path: "/gate/open", body })).toMatchObject({
      status: 413,
      body: "the body is over the limit of 65536 bytes",
    });
    expect(await gates.list({})).toEqual([]);
  });

  it("for want of room is told so", async () => {
    const full = async () => {
      throw new CoalmineError("too-large", "no more than 3 gates are kept");
    };
    const { post, logger } = await serve({ gates: { say: full, standing: full, list: full } });
    expect(await post("/gate/open")).toMatchObject({ status: 403, body: "no more than 3 gates are kept" });
    expect(logger.errors).toEqual([]);
  });

  it("for a fault of the server is denied without the inside of it, which is in the log", async () => {
    const fault = new TypeError("cannot read properties of null (reading 's3cret')");
    const fail = () => Promise.reject(fault);
    const { post, logger } = await serve({ gates: { say: fail, standing: fail, list: fail } });
    const reply = await post("/gate/check?token=s3cret");
    expect(reply).toMatchObject({ status: 403, body: expect.stringContaining("its log has the cause") });
    expect(logger.errors).toMatchObject([{ fields: { path: "/gate/check", err: fault } }]);
  });

  it("has an answer of one line and at most 1 KB, whatever its body is", async () => {
    const { url } = await serve({ access: tokenAccess });
    const word = fc.oneof(fc.string({ unit: "binary", maxLength: 2_000 }), fc.jsonValue());
    const metadata = fc.dictionary(fc.constantFrom("hook", "by", "revision", "token", "x"), word);
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      fc.json(),
      fc.record({ name: word, namespace: word, checksum: word, metadata }, { requiredKeys: [] }),
      metadata.map((said) => payload("checkout", { metadata: { ...said, token: gateToken } })),
    );
    const path = fc.constantFrom("/gate/check", "/gate/open", "/rollback/close");
    const isWell = async (request: GateRequest) => {
      const reply = await exchange(url, request);
      expect([200, 202, 400, 401, 403, 413]).toContain(reply.status);
      expect(reply.body).not.toMatch(/[\r\n]/);
      expect(Buffer.byteLength(reply.body)).toBeLessThanOrEqual(1024);
    };
    await fc.assert(fc.asyncProperty(fc.record({ path, body }), isWell), { seed: 5, numRuns: 150 });
  });
});

test.each(gateDifferences)("Coalmine's half of a difference: $about", async (difference) => {
  const { url } = await serve(difference.hasTokens ? { access: tokenAccess } : {});
  const replies = await exchangeAll(url, difference.requests("checkout"));
  expect(isAsTold(replies.at(-1)!, difference.coalmine), JSON.stringify(replies)).toBe(true);
});
