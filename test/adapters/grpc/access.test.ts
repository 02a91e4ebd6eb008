/** The server where access control is on: `shop-secret` may act in the namespace of the sample spec, `bank-secret` in another. */
import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { accessOf } from "../../support/access-of.ts";
import { specDocument } from "../../support/sample-record.ts";
import { answered, serveGrpc } from "./serve-grpc.ts";

const access = accessOf({ "shop-secret": ["shop"], "bank-secret": ["bank"] });
const spec = writeStruct(specDocument);
const shop = { authorization: "Bearer shop-secret" };
const bank = { authorization: "Bearer bank-secret" };

function serve() {
  return serveGrpc({ access, prepare: (run) => run.look() });
}

it.each([
  ["no token", {}],
  ["a token that nobody holds", { authorization: "Bearer nobody" }],
  ["half a header", { authorization: "Bearer" }],
])("says UNAUTHENTICATED to %s, whatever is asked", async (_, options) => {
  const { client, script } = await serve();
  const unauthenticated = {
    code: status.UNAUTHENTICATED,
    message: expect.stringContaining("authorization: Bearer <token>"),
    details: { ErrorInfo: { reason: "UNAUTHENTICATED" } },
  };
  for (const name of ["Get", "List", "Cancel", "Judge", "Start"] as const) {
    expect(await client.ask(name, { id: "x", spec }, options)).toMatchObject(unauthenticated);
  }
  expect(await client.watch("x", options).ended).toMatchObject(unauthenticated);
  expect(script.opened).toEqual([]);
});

it.each([["Bearer shop-secret"], [`Basic ${btoa("me:shop-secret")}`]])("takes %s", async (authorization) => {
  const { client } = await serve();
  expect(answered(await client.ask("Start", { spec }, { authorization })).created).toBe(true);
});

it("says PERMISSION_DENIED to a spec of another namespace", async () => {
  const { client, script } = await serve();
  for (const name of ["Start", "Judge"] as const) {
    expect(await client.ask(name, { spec }, bank)).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: { ErrorInfo: { reason: "FORBIDDEN" } },
    });
  }
  expect(script.opened).toEqual([]);
});

it("holds another's analysis for not there", async () => {
  const { client } = await serve();
  await client.ask("Start", { spec, key: "k" }, shop);
  for (const name of ["Get", "Cancel"] as const) {
    expect(await client.ask(name, { id: "k" }, bank)).toMatchObject({ code: status.NOT_FOUND });
  }
  expect(await client.watch("id-1", bank).ended).toMatchObject({ code: status.NOT_FOUND });
  expect(answered(await client.ask("List", {}, bank)).analyses).toEqual([]);
  expect(answered(await client.ask("List", {}, shop)).analyses).toHaveLength(1);
});

it("tells no secret in what it answers or logs", async () => {
  const { client, logger } = await serve();
  const secret = "a-secret-that-nobody-holds";
  const failure = await client.ask("List", {}, { authorization: `Bearer ${secret}` });
  expect(JSON.stringify([failure, logger.errors])).not.toContain(secret);
});
