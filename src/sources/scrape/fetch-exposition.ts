/** Asks one metrics endpoint over HTTP. */
import type { Dispatcher } from "undici";
import { CoalmineError } from "../../base/errors.ts";
import type { ExpositionFormat } from "./exposition-line.ts";

/** What an endpoint answered. */
export interface Exposition {
  readonly text: string;
  readonly format: ExpositionFormat;
}

/** OpenMetrics first, as Prometheus asks, so that counters are named as they are there; its `# EOF` also shows a cut. */
const accept = [
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6",
  "application/openmetrics-text;version=1.0.0;q=0.5",
  "text/plain;version=0.0.4;q=0.4",
  "*/*;q=0.1",
].join(",");

/**
 * One answer of a metrics endpoint, whole. Redirects are not followed and
 * compression is not asked for.
 *
 * @param maxBodyBytes More than this is an error, met before it is read.
 * @throws CoalmineError source-unavailable for anything but a 200 with a text of
 *   either format; too-large past the limit; whatever the signal or the socket
 *   threw otherwise.
 */
export async function fetchExposition(
  url: URL,
  options: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal; readonly maxBodyBytes: number },
): Promise<Exposition> {
  const { dispatcher, signal, maxBodyBytes } = options;
  const { origin, pathname, search } = new URL(url);
  const { statusCode, headers, body } = await dispatcher.request({
    origin,
    path: `${pathname}${search}`,
    method: "GET",
    signal,
    headers: { accept, "user-agent": "coalmine" },
  });
  try {
    const format = formatOf(statusCode, headers["content-type"], headers["content-encoding"]);
    return { format, text: await readText(body, maxBodyBytes) };
  } catch (error) {
    // What is left unread would hold the connection; the error that this raises is the one we have.
    body.on("error", () => {}).destroy();
    throw error;
  }
}

function formatOf(status: number, type: Header, encoding: Header): ExpositionFormat {
  if (status !== 200) throw unavailable(`answered status ${status}, wanted 200`);
  if (encoding !== undefined && encoding !== "identity")
    throw unavailable(`answered compressed by ${encoding}`);
  const mediaType = String(type ?? "text/plain")
    .split(";", 1)[0]
    ?.trim()
    .toLowerCase();
  if (mediaType === "application/openmetrics-text") return "openmetrics";
  if (mediaType === "text/plain") return "prometheus";
  throw unavailable(`answered ${mediaType}, wanted text/plain or application/openmetrics-text`);
}

type Header = string | string[] | undefined;

async function readText(body: AsyncIterable<Uint8Array>, maxBodyBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > maxBodyBytes) throw new CoalmineError("too-large", `answered over ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw unavailable("answered bytes that are no UTF-8", cause);
  }
}

function unavailable(message: string, cause?: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", message, { cause });
}
