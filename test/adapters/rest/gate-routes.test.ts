import { describe, expect, it } from "vitest";
import { gateListSchema, gateSchema } from "../../../src/analysis/gates/gate-documents.ts";
import { callerNamed } from "../../support/access-of.ts";
import { gateToken, tokenAccess } from "../../support/serve-gates.ts";
import { serveRest } from "./serve-rest.ts";

const checkout = { namespace: "shop", canary: "checkout" };

async function serve(options: Parameters<typeof serveRest>[0] = {}) {
  const { ask } = await serveRest(options);
  const say = async (word: object) => await ask("POST", "/v1/gates", { json: word });
  const list = async (query = "") =>
    gateListSchema.parse(await (await ask("GET", `/v1/gates${query}`)).json()).gates;
  return { ask, say, list };
}

describe("POST /v1/gates", () => {
  it("opens a gate for a hook and a revision, and answers it", async () => {
    const { say, list } = await serve();
    const word = {
      ...checkout,
      hook: "confirm-promotion",
      revision: "85d557f47b",
      state: "open",
      by: "alice",
    };
    const response = await say(word);
    expect(response.status).toBe(200);
    const gate = gateSchema.parse(await response.json());
    expect(gate).toEqual({ ...word, at: expect.stringMatching(/^20\d\d-.*Z$/) });
    expect(await list()).toEqual([gate]);
  });

  it("without more is about every hook and revision, said by the api", async () => {
    const { say } = await serve();
    const response = await say({ ...checkout, state: "closed" });
    expect(await response.json()).toMatchObject({ hook: null, revision: null, state: "closed", by: "api" });
  });

  it("replaces what was said of the same hook and revision", async () => {
    const { say, list } = await serve();
    await say({ ...checkout, state: "open", by: "alice" });
    await say({ ...checkout, state: "closed", by: "bob" });
    expect((await list()).map(({ state, by }) => [state, by])).toEqual([["closed", "bob"]]);
  });

  it.each([
    [{ canary: "checkout", state: "open" }, "namespace: expected a namespace's name"],
    [{ ...checkout, canary: "Check out", state: "open" }, "canary: expected a Canary's name"],
    [{ ...checkout, state: "opened" }, "state: expected one of open, closed"],
    [{ ...checkout, state: "open", hook: "confirm-promotio" }, "did you mean `confirm-promotion`?"],
    [{ ...checkout, state: "open", hok: "rollback" }, "did you mean `hook`?"],
    [{ ...checkout, state: "open", revision: "" }, "revision: expected the checksum"],
    [{ ...checkout, state: "open", by: "a\nb" }, "by: expected a name"],
    [{ ...checkout, state: "open", hook: "confirm-rollout", revision: "a1" }, "leave the revision out"],
  ])("refuses %j, and keeps nothing of it", async (word, text) => {
    const { say, list } = await serve();
    const response = await say(word);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid-request",
      detail: expect.stringContaining(text),
    });
    expect(await list()).toEqual([]);
  });
});

describe("GET /v1/gates", () => {
  it("lists the latest first, of a namespace and of a Canary", async () => {
    const { say, list } = await serve();
    for (const [namespace, canary] of [
      ["shop", "checkout"],
      ["shop", "cart"],
      ["test", "checkout"],
    ])
      await say({ namespace, canary, state: "open" });
    const told = async (query: string) =>
      (await list(query)).map((gate) => `${gate.namespace}/${gate.canary}`);
    expect(await told("")).toEqual(["test/checkout", "shop/cart", "shop/checkout"]);
    expect(await told("?namespace=shop")).toEqual(["shop/cart", "shop/checkout"]);
    expect(await told("?canary=checkout")).toEqual(["test/checkout", "shop/checkout"]);
    expect(await told("?namespace=test&canary=cart")).toEqual([]);
  });

  it("refuses a query that it does not know", async () => {
    const { ask } = await serve();
    expect((await ask("GET", "/v1/gates?canery=cart")).status).toBe(400);
  });
});

describe("with access control", () => {
  const headers = { authorization: `Bearer ${gateToken}`, "content-type": "application/json" };
  const post = (namespace: string): RequestInit => ({
    headers,
    body: JSON.stringify({ namespace, canary: "checkout", state: "open", by: "alice" }),
  });

  it("takes words of the caller's namespaces, in its token's name", async () => {
    const { ask } = await serve({ access: tokenAccess });
    const said = await ask("POST", "/v1/gates", post("shop"));
    expect(await said.json()).toMatchObject({ by: "ci" });
    const refused = await ask("POST", "/v1/gates", post("bank"));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: "forbidden",
      detail: expect.stringContaining("bank"),
    });
    const { headers: _none, ...stranger } = post("shop");
    expect((await ask("POST", "/v1/gates", stranger)).status).toBe(401);
  });

  it("lists the gates of the caller's namespaces only", async () => {
    let namespaces = ["shop", "bank"];
    const callerOf = async () => callerNamed("ci", { namespaces });
    const { ask } = await serve({ access: { isOn: true, callerOf } });
    await ask("POST", "/v1/gates", post("bank"));
    await ask("POST", "/v1/gates", post("shop"));
    namespaces = ["shop"];
    for (const query of ["", "?namespace=bank", "?canary=checkout"]) {
      const { gates } = gateListSchema.parse(await (await ask("GET", `/v1/gates${query}`)).json());
      expect(gates.map(({ namespace }) => namespace)).toEqual(query === "?namespace=bank" ? [] : ["shop"]);
    }
  });
});
