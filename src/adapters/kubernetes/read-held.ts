/** The text of a secret or a certificate. */
import { readFile } from "node:fs/promises";
import { CoalmineError } from "../../base/errors.ts";
import type { Held } from "./cluster-access.ts";

/**
 * @param what names it in an error, for instance `the service account's token`.
 * @throws CoalmineError invalid-settings if its file cannot be read, or is empty.
 */
export async function readHeld(held: Held, what: string): Promise<string> {
  if (held.kind === "text") return held.text;
  let text: string;
  try {
    text = await readFile(held.path, "utf8");
  } catch (cause) {
    throw unreadable(`cannot be read (${codeOf(cause)})`, cause);
  }
  if (text.trim() === "") throw unreadable("is empty");
  return text;

  function unreadable(problem: string, cause?: unknown): CoalmineError {
    const path = held.kind === "file" ? held.path : "";
    return new CoalmineError(
      "invalid-settings",
      `${what}, the file ${path}, ${problem}: mount it (a pod has it unless automountServiceAccountToken is false), or name another in the settings`,
      { cause },
    );
  }
}

/** The system's short word for a fault, for instance `ENOENT`. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
