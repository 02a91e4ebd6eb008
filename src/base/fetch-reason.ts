/** Why a `fetch` failed, in a few words: what it throws says nothing, its cause does. */
export function fetchReason(thrown: unknown): string {
  const reason = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  return reason instanceof Error ? reason.message : String(reason);
}
