import { inspect } from "node:util";

/** Enough for a sentence and a cause; a log line of the client's holds it. */
const maxLength = 4_000;

/**
 * What a client is told of what a handler threw: the message in one line.
 * Never empty, for to net/rpc an empty text is success.
 */
export function errorText(thrown: unknown): string {
  const message =
    thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : inspect(thrown);
  const line = message.replaceAll(/\s*[\r\n]+\s*/g, " ").trim();
  return line.slice(0, maxLength) || "the plugin failed without saying why";
}
