import { inspect } from "node:util";
import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { openPostgresStore } from "../../../src/store/postgres/open-postgres-store.ts";
import { postgresFault } from "../../../src/store/postgres/postgres-fault.ts";
import { freePort } from "../../servers/free-port.ts";
import { storeOptions } from "../store-options.ts";

function answered(code: string): DatabaseError {
  return Object.assign(new DatabaseError("as the database says it", 0, "error"), { code });
}

it.each([
  ["23505", "conflict", "the same id or key"],
  ["53100", "source-unavailable", "its disk is full"],
  ["53200", "source-unavailable", "no room"],
  ["25006", "source-unavailable", "read-only"],
  ["57P01", "source-unavailable", "shutting down"],
  ["57014", "source-unavailable", "took too long"],
  ["40P01", "source-unavailable", "another transaction"],
  ["28P01", "source-unavailable", "user or the password"],
  ["3D000", "source-unavailable", "no database of that name"],
  ["08006", "source-unavailable", "connection failed"],
  ["42P01", "internal", "as the database says it"],
  ["23514", "internal", "as the database says it"],
])("calls SQLSTATE %s %s", (sqlState, code, text) => {
  expect(postgresFault("the database at x", answered(sqlState))).toMatchObject({
    code,
    message: expect.stringContaining(text),
  });
});

it("calls what the driver says of its connection unavailable, and our own mistakes internal", () => {
  const lost = postgresFault("the database at x", new Error("Connection terminated unexpectedly"));
  expect(lost).toMatchObject({ code: "source-unavailable" });
  expect(lost.message).toBe("the database at x cannot be reached: Connection terminated unexpectedly");
  expect(postgresFault("the database at x", new TypeError("not a function")).code).toBe("internal");
  const known = new CoalmineError("not-found", "no analysis");
  expect(postgresFault("the database at x", known)).toBe(known);
  const both = new AggregateError([new Error("refused at ::1"), new Error("refused at 127.0.0.1")]);
  expect(postgresFault("the database at x", both).message).toContain("refused at ::1; refused at 127.0.0.1");
});

describe("the password", () => {
  const openAndFail = async (url: string) => {
    const error: unknown = await openPostgresStore({ ...storeOptions(), url }).catch(
      (thrown: unknown) => thrown,
    );
    return { error, told: inspect(error, { depth: 10, showHidden: true }) };
  };

  it("is not in the fault of a database that is not there", async () => {
    const port = await freePort();
    const { error, told } = await openAndFail(
      `postgres://alice:hunter%402@127.0.0.1:${port}/shop?password=hunter%402`,
    );
    expect(error).toMatchObject({ code: "source-unavailable" });
    expect(error).toHaveProperty(
      "message",
      expect.stringContaining(`the database at 127.0.0.1:${port}/shop cannot be reached`),
    );
    expect(told).not.toMatch(/hunter/);
  });

  it.each([
    "alice:hunter2@db/shop",
    "https://alice:hunter2@db/shop",
    "postgres://alice:hunter2@db:port/shop",
    "postgres://alice:hunter2#@db:5432/shop",
    "postgres://alice:1#hunter2@db:5432/shop",
    "postgres://alice:1/hunter2@db:5432/shop",
    "postgres://alice:1?hunter2@db:5432/shop",
    "postgres://alice:hunter%@db:5432/shop",
    "hunter2",
    "",
  ])("is not in the fault of an url that is none: %s", async (url) => {
    const { error, told } = await openAndFail(url);
    expect(error).toMatchObject({
      code: "invalid-settings",
      message: expect.stringContaining("expected postgres://"),
    });
    expect(told).not.toMatch(/hunter/);
  });
});
