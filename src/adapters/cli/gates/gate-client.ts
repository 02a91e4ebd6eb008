import * as z from "zod";
import {
  type GateDocument,
  type GateWord,
  gateListSchema,
  gateSchema,
} from "../../../analysis/gates/gate-documents.ts";
import type { GateFilter } from "../../../analysis/gates/gates.ts";
import { CoalmineError, errorCodes } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import type { CliHost } from "../cli-host.ts";

/** The server whose gates are asked for. */
export interface GateServer {
  /** As in `http://coalmine.coalmine:8080`; its path goes before the API's. */
  readonly url: URL;
  readonly token: string | null;
}

/**
 * The gates of a server. Both throw CoalmineError: source-unavailable if it is
 * away, what the server says if it refuses, invalid-request if what answers is
 * no Coalmine server.
 */
export interface GateClient {
  say(word: GateWord): Promise<GateDocument>;
  list(filter: GateFilter): Promise<readonly GateDocument[]>;
}

/** A server that takes longer for so little is as good as away. */
const patienceMs = 10_000;

/** Ten thousand gates are three million bytes. */
const maxAnswerBytes = 16 * 1024 * 1024;

const problemSchema = z.object({ code: z.enum(errorCodes), detail: z.string() });

export function createGateClient({ url, token }: GateServer, host: Pick<CliHost, "fetch">): GateClient {
  async function ask<T>(schema: z.ZodType<T>, query: string, init: RequestInit): Promise<T> {
    const { status, body, location } = await answerTo(
      `${url.href.replace(/\/$/, "")}/v1/gates${query}`,
      init,
    );
    if (status < 200 || status > 299) throw refusal(url, status, body, location);
    const read = safeParse(schema, body);
    if (!read.success) throw noCoalmine(url, "what it answers is no gate");
    return read.data;
  }

  async function answerTo(address: string, init: RequestInit) {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    try {
      const response = await host.fetch(address, {
        ...init,
        headers: { accept: "application/json", "content-type": "application/json", ...authorization },
        // The token is for the server that was named, not for another that it names.
        redirect: "manual",
        signal: AbortSignal.timeout(patienceMs),
      });
      const location = response.headers.get("location");
      return { status: response.status, body: await readJson(response), location };
    } catch (error) {
      throw error instanceof CoalmineError ? error : away(url, error);
    }
  }

  return {
    say: (word) => ask(gateSchema, "", { method: "POST", body: JSON.stringify(word) }),
    async list(filter) {
      const query = new URLSearchParams({ ...filter });
      return (await ask(gateListSchema, query.size === 0 ? "" : `?${query}`, { method: "GET" })).gates;
    },
  };
}

/** Undefined for what is no JSON. */
async function readJson({ body, url }: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes)
      throw new CoalmineError("too-large", `${url} answers more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

function away(url: URL, cause: unknown): CoalmineError {
  // What fetch throws says nothing; its cause does.
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const why = reason instanceof Error ? reason.message : String(reason);
  const message = `the server at ${url.href} does not answer (${why}); start it, or name another with --server or COALMINE_URL`;
  return new CoalmineError("source-unavailable", message, { cause });
}

function refusal(url: URL, status: number, body: unknown, location: string | null): CoalmineError {
  const problem = safeParse(problemSchema, body);
  if (problem.success) {
    const { code, detail } = problem.data;
    const fix = code === "unauthenticated" ? "; here it comes from COALMINE_TOKEN or --token-file" : "";
    return new CoalmineError(code, `the server refuses: ${printable(detail)}${fix}`);
  }
  if (status > 499) {
    const message = `${url.href} answers ${status}, as a proxy does whose server is away; try again`;
    return new CoalmineError("source-unavailable", message);
  }
  if (location !== null) return noCoalmine(url, `it sends callers on to ${printable(location)}`);
  return noCoalmine(url, `it answers ${status}`);
}

function noCoalmine(url: URL, why: string): CoalmineError {
  const message = `${url.href} is no Coalmine server, or one that knows no gates (${why}); name the right one with --server or COALMINE_URL`;
  return new CoalmineError("invalid-request", message);
}

/** A server's words must not steer the terminal. */
function printable(text: string): string {
  return text.slice(0, 2_000).replaceAll(/\p{C}+/gu, " ");
}
