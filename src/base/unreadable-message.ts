import { CoalmineError, messageOf } from "./errors.ts";

/** Of bytes that came as a message and are none: what their decoder met, told as the sender's fault. */
export function unreadableMessage(cause: unknown): CoalmineError {
  return new CoalmineError("invalid-request", `the message cannot be read: ${messageOf(cause)}`, { cause });
}
