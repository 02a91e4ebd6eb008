/** Text from a file the user named, or from standard input for `-`. */
import { createReadStream } from "node:fs";
import { CoalmineError, messageOf } from "../../base/errors.ts";

/** A spec is a page; nobody meant to hand over more than this. */
const maxBytes = 1024 * 1024;

/**
 * The whole text, read as UTF-8.
 *
 * @throws CoalmineError invalid-request if it cannot be read, too-large past 1 MiB.
 */
export async function readInput(path: string, stdin: NodeJS.ReadableStream): Promise<string> {
  const name = path === "-" ? "standard input" : path;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of path === "-" ? stdin : createReadStream(path)) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > maxBytes) throw new CoalmineError("too-large", `${name} is over the limit of 1 MiB`);
      chunks.push(buffer);
    }
  } catch (error) {
    throw error instanceof CoalmineError ? error : unreadable(name, error);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function unreadable(name: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-request", `${name} cannot be read: ${messageOf(cause)}`, { cause });
}
