import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { clipped } from "./clipped.ts";
import { encodeStatus } from "./error-details.ts";
import { failureOf } from "./grpc-status.ts";

/** Of its percent-encoded form; see error-details.ts for what it shares its room with. */
const maxMessageBytes = 1_024;

/** Whatever a handler threw, as the call's status, with its details. */
export function statusOf(thrown: unknown): StatusObject {
  const failure = failureOf(thrown);
  const message = clipped(failure.message, maxMessageBytes);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", encodeStatus({ ...failure, message }));
  return { code: failure.status, details: message, metadata };
}
