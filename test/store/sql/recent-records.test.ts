import { expect, it } from "vitest";
import { RecentRecords } from "../../../src/store/sql/recent-records.ts";
import { recordOf } from "../../support/sample-record.ts";

it("finds a record as of its revision, and as of no other", () => {
  const recent = new RecentRecords(10);
  const record = recordOf("a");
  recent.keep("a", record);
  expect(recent.find("a", 1)).toBe(record);
  expect(recent.find("a", 2)).toBeNull();
  expect(recent.find("b", 1)).toBeNull();
  recent.keep("a", { ...record, revision: 2 });
  expect(recent.find("a", 1)).toBeNull();
  expect(recent.find("a", 2)?.revision).toBe(2);
});

it("holds those that were used last", () => {
  const recent = new RecentRecords(2);
  for (const id of ["a", "b"]) recent.keep(id, recordOf(id));
  recent.find("a", 1);
  recent.keep("c", recordOf("c"));
  const held = ["a", "b", "c"].filter((id) => recent.find(id, 1) !== null);
  expect(held).toEqual(["a", "c"]);
});
