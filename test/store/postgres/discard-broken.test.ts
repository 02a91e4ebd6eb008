import type { PostgresPool } from "kysely";
import { DatabaseError } from "pg";
import { expect, it } from "vitest";
import { discardBroken } from "../../../src/store/postgres/discard-broken.ts";

/** A pool whose only client fails so; what `release` was given. */
function poolFailing(error: Error | null): { readonly pool: PostgresPool; readonly released: unknown[] } {
  const released: unknown[] = [];
  const query = async () => {
    if (error !== null) throw error;
    return { command: "SELECT", rowCount: 0, rows: [] };
  };
  const client = { query: query as never, release: (destroy?: boolean) => void released.push(destroy) };
  return { pool: { options: {}, connect: async () => client, end: async () => undefined }, released };
}

it.each([
  ["throws away a connection that fell silent", new Error("Query read timeout"), true],
  [
    "keeps one on which the database refused a statement",
    new DatabaseError("no such table", 0, "error"),
    false,
  ],
  ["keeps one that answered", null, false],
])("%s", async (_, error, thrownAway) => {
  const { pool, released } = poolFailing(error);
  const client = await discardBroken(pool).connect();
  const outcome = await client.query("select 1", []).catch((thrown: unknown) => thrown);
  client.release();
  expect(outcome === error).toBe(error !== null);
  expect(released).toEqual([thrownAway]);
});
