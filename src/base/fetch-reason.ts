import { messageOf } from "./errors.ts";

/** Why a `fetch` failed, in a few words: what it throws says nothing, its cause does. */
export function fetchReason(thrown: unknown): string {
  return messageOf(thrown instanceof Error ? (thrown.cause ?? thrown) : thrown);
}
