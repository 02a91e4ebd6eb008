import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What came of reading a request's body. */
export type Body =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "too-large" }
  | { readonly kind: "no-text" };

/**
 * Reads a body of at most `mostBytes`, and tells `then` once. One that is larger
 * is not read on, at the latest once it is; one that breaks off is nobody's to
 * answer, and `then` is not called.
 */
export function readBody(request: IncomingMessage, mostBytes: number, then: (body: Body) => void): void {
  // Without a listener a connection that breaks would end the process.
  request.on("error", () => undefined);
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) {
    then({ kind: "too-large" });
    return;
  }
  let chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length <= mostBytes) return;
    chunks = [];
    request.off("data", take);
    request.off("end", end);
    request.pause();
    then({ kind: "too-large" });
  };
  const end = () => {
    const [first = Buffer.alloc(0)] = chunks;
    const bytes = chunks.length <= 1 ? first : Buffer.concat(chunks, length);
    then(isUtf8(bytes) ? { kind: "text", text: bytes.toString("utf8") } : { kind: "no-text" });
  };
  request.on("data", take);
  request.once("end", end);
}

/** How long whoever sends a body that nobody reads has to read the answer, in milliseconds. */
const lingerMs = 500;

/**
 * Ends an answer, whose head has been written, to a request whose body is not
 * read on. Were the connection closed at once, its sender would write into a
 * reset and never see the answer.
 */
export function endUnread(response: ServerResponse, text: string): void {
  response.write(text);
  const timer = setTimeout(() => response.end(), lingerMs);
  response.once("close", () => clearTimeout(timer));
}
