import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { sqliteFault } from "../../../src/store/sqlite/sqlite-fault.ts";
import { freshPath } from "./sqlite-files.ts";

/** What SQLite throws for the statement. */
function thrownBy(statement: string, database = new DatabaseSync(":memory:")): unknown {
  try {
    database.exec(statement);
  } catch (error) {
    return error;
  } finally {
    database.close();
  }
  throw new Error("the statement was taken");
}

it("calls a file that may not be written unavailable", () => {
  const path = freshPath();
  new DatabaseSync(path).exec("create table t (a)");
  const fault = sqliteFault(
    "the database x",
    thrownBy("insert into t values (1)", new DatabaseSync(path, { readOnly: true })),
  );
  expect(fault).toMatchObject({
    code: "source-unavailable",
    message: expect.stringContaining("x: it is read-only"),
  });
});

it.each([
  ["create table t (a unique); insert into t values (1), (1)", "conflict"],
  ["create table t (a primary key); insert into t values (1), (1)", "conflict"],
  ["create table t (a not null); insert into t values (null)", "internal"],
  ["create table t (a integer) strict; insert into t values ('text')", "internal"],
  ["select nothing from nowhere", "internal"],
])("tells apart what %s throws: %s", (statement, code) => {
  const thrown = thrownBy(statement);
  expect(sqliteFault("the database x", thrown)).toMatchObject({ code, cause: thrown });
});

it("leaves a fault of Coalmine's as it is, and takes anything that was thrown", () => {
  const known = new CoalmineError("not-found", "no analysis");
  expect(sqliteFault("the database x", known)).toBe(known);
  expect(sqliteFault("the database x", null)).toMatchObject({
    code: "internal",
    message: "the database x: null",
  });
});
