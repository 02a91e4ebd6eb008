import { expect, it } from "vitest";
import { emptyStruct } from "../../../src/wire/net-rpc/rpc-message.ts";
import { findMethod } from "../../../src/wire/net-rpc/rpc-method.ts";

const method = { reply: emptyStruct, handle: () => ({}) };
const services = { Plugin: { Run: method }, "a.b": { Run: method } };

it.each(["Plugin.Run", "a.b.Run"])("finds %s by what is before and after the last dot", (name) => {
  expect(findMethod(services, name)).toBe(method);
});

it.each([
  ["Run", "rpc: service/method request ill-formed: Run"],
  ["", "rpc: service/method request ill-formed: "],
  ["Other.Run", "rpc: can't find service Other.Run"],
  ["Plugin.Stop", "rpc: can't find method Plugin.Stop"],
  ["Plugin.", "rpc: can't find method Plugin."],
  ["Plugin.constructor", "rpc: can't find method Plugin.constructor"],
  ["__proto__.toString", "rpc: can't find service __proto__.toString"],
])("says of %s what net/rpc says", (name, text) => {
  expect(findMethod(services, name)).toBe(text);
});
