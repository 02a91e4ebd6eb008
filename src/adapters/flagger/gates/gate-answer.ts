import type { ServerResponse } from "node:http";
import { oneLine } from "../http/one-line.ts";
import { endUnread } from "../http/read-body.ts";

export interface GateAnswer {
  /** Flagger takes 200 to 202 as a yes; of the others it shows the text, 429 and 5xx apart. */
  readonly status: 200 | 202 | 400 | 401 | 403 | 404 | 405 | 413;
  readonly text: string;
}

/** Sends the answer with the headers that Go's net/http gives it; nothing if the caller has gone. */
export function send(response: ServerResponse, { status, text }: GateAnswer): void {
  if (response.destroyed) return;
  const line = oneLine(text);
  response.statusCode = status;
  response.setHeader("Content-Length", Buffer.byteLength(line));
  if (line !== "") response.setHeader("Content-Type", "text/plain; charset=utf-8");
  if (status === 401) response.setHeader("WWW-Authenticate", 'Basic realm="coalmine"');
  if (status === 413) endUnread(response, line);
  else response.end(line);
}
