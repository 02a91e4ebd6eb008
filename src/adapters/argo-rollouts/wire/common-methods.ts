import { goString, type RpcMethods } from "../../../wire/go-plugin/index.ts";
import { goRpcError } from "./go-types.ts";

/** The methods that metric and step plugins have in common. */
export const commonMethods: RpcMethods = {
  // It never fails: the controller shows nothing of an error here, and calls on regardless.
  InitPlugin: { reply: goRpcError, handle: () => ({}) },
  Type: { reply: goString, handle: () => "coalmine" },
};
