/** The two headers of net/rpc (server.go: Request and Response); a body follows each. */
import { CoalmineError } from "../../base/errors.ts";
import { goString, goUint, type StructType } from "../gob/go-type.ts";
import type { GobValue } from "../gob/gob-value.ts";

/** What a client asks for. */
export interface RpcRequest {
  /** `Service.Method`. */
  readonly serviceMethod: string;
  /** The client's number for the call, which the answer bears too; a bigint from 2⁵³ on. */
  readonly seq: number | bigint;
}

/** `struct{}`: the reply of a method without one, and the body of an answer that is an error (`invalidRequest` in server.go). */
export const emptyStruct: StructType = { kind: "struct", name: "", fields: [] };

/** The header of an answer; an empty Error is none. */
export const responseType: StructType = {
  kind: "struct",
  name: "rpc.Response",
  fields: [
    ["ServiceMethod", goString],
    ["Seq", goUint],
    ["Error", goString],
  ],
};

/**
 * Reads a request's header. The first call's number is 0, so that field may be
 * absent; a name never is.
 *
 * @throws CoalmineError invalid-request if the value is no such header.
 */
export function readRequest(value: GobValue): RpcRequest {
  const header = new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  const serviceMethod: unknown = header.get("ServiceMethod");
  const seq: unknown = header.get("Seq") ?? 0;
  const isNumber = typeof seq === "number" || typeof seq === "bigint";
  if (typeof serviceMethod === "string" && isNumber && seq >= 0) return { serviceMethod, seq };
  throw new CoalmineError(
    "invalid-request",
    "net/rpc: a request with ServiceMethod and Seq wanted, another value met",
  );
}
