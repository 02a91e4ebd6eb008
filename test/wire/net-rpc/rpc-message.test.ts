import { expect, it } from "vitest";
import { readRequest } from "../../../src/wire/net-rpc/rpc-message.ts";

it("reads a header, whose number is absent in the first call", () => {
  expect(readRequest({ ServiceMethod: "Plugin.Run" })).toEqual({ serviceMethod: "Plugin.Run", seq: 0 });
  expect(readRequest({ ServiceMethod: "Plugin.Run", Seq: 2n ** 60n })).toEqual({
    serviceMethod: "Plugin.Run",
    seq: 2n ** 60n,
  });
});

it.each([
  [null],
  [true],
  ["Plugin.Run"],
  [{}],
  [{ Seq: 1 }],
  [{ ServiceMethod: 1 }],
  [{ ServiceMethod: "Plugin.Run", Seq: "1" }],
  [{ ServiceMethod: "Plugin.Run", Seq: -1 }],
  [[]],
])("refuses %j", (value) => {
  expect(() => readRequest(value)).toThrow("a request with ServiceMethod and Seq wanted");
});
