/** Failures in gRPC's words: the code of each, and what a caller may see of it. */
import { status } from "@grpc/grpc-js";
import { CoalmineError, type ErrorCode, isOwnFault, type Problem } from "../../base/errors.ts";

/** The code of each failure; a client that retries does so on UNAVAILABLE. */
export const grpcStatus = {
  "invalid-spec": status.INVALID_ARGUMENT,
  "invalid-request": status.INVALID_ARGUMENT,
  "invalid-settings": status.INTERNAL,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  "not-found": status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  "too-large": status.RESOURCE_EXHAUSTED,
  "source-unavailable": status.UNAVAILABLE,
  "query-rejected": status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

/** What a caller is told. */
export interface Failure {
  readonly status: status;
  readonly code: ErrorCode;
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** Whatever a handler threw, as callers may see it: of a fault of ours, nothing but that it is one. */
export function failureOf(thrown: unknown): Failure {
  const { code, message, problems } = CoalmineError.from(thrown);
  if (!isOwnFault(code)) return { status: grpcStatus[code], code, message, problems };
  const told = "the call met a fault of the server; its log has the cause";
  return { status: grpcStatus[code], code, message: told, problems: [] };
}

/** What a call is told that would be cut short. */
export function drainingError(): CoalmineError {
  return new CoalmineError("source-unavailable", "the server is shutting down; call again");
}
