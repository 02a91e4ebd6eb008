import { expect, it } from "vitest";
import { errorText } from "../../../src/wire/net-rpc/error-text.ts";

it("is the message of an error", () => {
  expect(errorText(new TypeError("no such metric"))).toBe("no such metric");
});

it("is one line, whatever the message holds", () => {
  expect(errorText(new Error("first\n  second\r\nthird\n"))).toBe("first second third");
});

it.each([new Error(""), new Error("\n"), ""])("is never empty, for that is success to net/rpc", (thrown) => {
  expect(errorText(thrown)).not.toBe("");
});

it.each([
  ["a text", "a text"],
  [undefined, "undefined"],
  [Object.create(null), "[Object: null prototype] {}"],
  [{ code: 7 }, "{ code: 7 }"],
])("tells what is thrown that is no error", (thrown, text) => {
  expect(errorText(thrown)).toBe(text);
});

it("is no longer than a log line takes", () => {
  expect(errorText(new Error("x".repeat(100_000)))).toHaveLength(4_000);
});
