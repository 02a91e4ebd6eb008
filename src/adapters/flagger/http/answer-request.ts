/** Flagger's webhooks as HTTP: addresses, methods, bodies, who may ask, and answers of plain text. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { requireRight } from "../../../analysis/restricted-analyses.ts";
import type { Access, Caller } from "../../../base/access.ts";
import { CoalmineError, type ErrorCode, isOwnFault } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { secretOf } from "../../http/secret-of.ts";
import type { AskedCall, HookAnswer, HookCall, HookType } from "../hook-call.ts";
import { oneLine } from "./one-line.ts";
import { hookOf, parseCall, unknownHook } from "./parse-call.ts";
import { endUnread, readBody } from "./read-body.ts";

export interface AnswerRequestOptions {
  readonly answerCall: (call: AskedCall) => Promise<HookAnswer>;
  readonly access: Access;
  readonly logger: Logger;
}

/** Where the webhooks are. */
const flaggerRoot = "/flagger/v1";

/** Flagger's calls have some hundred bytes; metadata that somebody wrote fits many times. */
const mostBodyBytes = 64 * 1_024;

/** The status of each failure: never one that Flagger would lose the text of. */
export const faultStatus = {
  "invalid-spec": 400,
  "invalid-request": 400,
  "invalid-settings": 403,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 403,
  "too-large": 403,
  "source-unavailable": 403,
  "query-rejected": 403,
  internal: 403,
} as const satisfies Record<ErrorCode, HookAnswer["status"]>;

/** What whoever set up the hook has to mend. */
const callersFaults: ReadonlySet<ErrorCode> = new Set([
  "invalid-spec",
  "invalid-request",
  "unauthenticated",
  "forbidden",
  "not-found",
]);

/** Flagger counts a no of these as a failed check, and so many of them roll back: a fault of ours is none, and the confirm hooks hold. */
const checkHooks: ReadonlySet<HookType> = new Set(["pre-rollout", "rollout"]);

/** Answers the requests that are for the webhooks; false for those that are not. */
export function createAnswerRequest({ answerCall, access, logger }: AnswerRequestOptions) {
  async function answer(hook: HookType | null, body: string, request: IncomingMessage): Promise<HookAnswer> {
    let about: Partial<HookCall> = {};
    try {
      const { call, token } = parseCall(body, hook);
      about = call;
      const secret = token ?? secretOf(request.headers);
      const caller = await callerBy(access, secret);
      requireRight(caller, "write", call.canary.namespace);
      return await answerCall({ ...call, caller: caller.name });
    } catch (thrown) {
      const error = CoalmineError.from(thrown);
      const asked = about.hook ?? hook;
      if (!isOwnFault(error.code)) return faultAnswer(asked, error.code, error.message);
      logger.error({ ...about.canary, hook: asked, err: thrown }, "a webhook failed");
      return faultAnswer(asked, error.code, "the webhook met a fault of the server; its log has the cause");
    }
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = pathWithin(request.url ?? "");
    if (path === null) return false;
    const hook = path === "" ? null : hookOf(path);
    if (hook === undefined) {
      const text = `no webhook has this address; ${unknownHook(path)}`;
      refuse(response, { status: 404, text });
    } else if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      refuse(response, { status: 405, text: `a webhook knows POST, not ${request.method ?? "this"}` });
    } else {
      readBody(request, mostBodyBytes, (body) => {
        switch (body.kind) {
          case "too-large":
            refuse(response, { status: 413, text: `the body is over the limit of ${mostBodyBytes} bytes` });
            break;
          case "no-text":
            send(response, { status: 400, text: "the body is no text in UTF-8" });
            break;
          case "text":
            void answer(hook, body.text, request).then((answered) => send(response, answered));
            break;
        }
      });
    }
    return true;
  };
}

function faultAnswer(hook: HookType | null, code: ErrorCode, text: string): HookAnswer {
  const isExcused = hook !== null && checkHooks.has(hook) && !callersFaults.has(code);
  return isExcused ? { status: 200, text: `NOT JUDGED: ${text}` } : { status: faultStatus[code], text };
}

/** What follows the root in the address; null for an address of somebody else. */
function pathWithin(url: string): string | null {
  if (!url.startsWith(flaggerRoot)) return null;
  const query = url.indexOf("?");
  const path = url.slice(flaggerRoot.length, query === -1 ? undefined : query);
  if (path === "" || path === "/") return "";
  return path.startsWith("/") ? path.slice(1) : null;
}

async function callerBy(access: Access, secret: string | null): Promise<Caller> {
  const caller = await access.callerOf(secret);
  if (caller !== null) return caller;
  const what = secret === null ? "needs a token" : "has a token that nobody holds";
  throw new CoalmineError(
    "unauthenticated",
    `the webhook ${what}: put one into metadata.token or the address (//user:TOKEN@)`,
  );
}

/** Answers a request whose body may not have been read; the connection ends with it. */
function refuse(response: ServerResponse, answered: HookAnswer): void {
  response.setHeader("Connection", "close");
  send(response, answered);
}

function send(response: ServerResponse, { status, text }: HookAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const line = oneLine(text);
  if (status === 401) response.setHeader("WWW-Authenticate", 'Basic realm="coalmine"');
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(line),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  if (status === 413) endUnread(response, line);
  else response.end(line);
}
