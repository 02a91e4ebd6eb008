import type { IncomingMessage, ServerResponse } from "node:http";
import type { Gates } from "../../../analysis/gates/gates.ts";
import { requireRight } from "../../../analysis/restricted-analyses.ts";
import type { Access } from "../../../base/access.ts";
import { CoalmineError, isOwnFault } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { secretOf } from "../../http/secret-of.ts";
import { faultStatus } from "../http/answer-request.ts";
import { readBody } from "../http/read-body.ts";
import { constantAnswers, createGateActs, type GateAct } from "./gate-acts.ts";
import { type GateAnswer, send } from "./gate-answer.ts";
import { readGateCall } from "./gate-call.ts";

export interface GateApiOptions {
  readonly gates: Gates;
  readonly access: Access;
  readonly logger: Logger;
}

/** Answers what is asked of a gate; false for anything else. */
export type GateHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Flagger sends a few hundred bytes. */
const mostBodyBytes = 64 * 1_024;

/**
 * The gates of Flagger's load tester, at its paths, for any method, with its
 * answers; plugins/flagger/gates.md says what is different. To be asked before
 * express, which would take more time than the answer.
 */
export function createGateApi(options: GateApiOptions): GateHandler {
  const acts = createGateActs(options);
  return (request, response) => {
    const path = pathOf(request);
    const constant = constantAnswers.get(path);
    const act = acts.get(path);
    if (constant !== undefined) send(response, constant);
    else if (act !== undefined) answerAct(act, options, request, response);
    else return false;
    return true;
  };
}

function answerAct(
  act: GateAct,
  options: GateApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  readBody(request, mostBodyBytes, (body) => {
    if (body.kind === "too-large") {
      // What is left of the body is not worth reading.
      response.setHeader("Connection", "close");
      send(response, { status: 413, text: `the body is over the limit of ${mostBodyBytes} bytes` });
      return;
    }
    const text = body.kind === "text" ? body.text : "no JSON";
    void answerTo(text, act, options, request)
      .catch((thrown: unknown) => refusal(thrown, request, options.logger))
      .then((answer) => send(response, answer));
  });
}

async function answerTo(
  body: string,
  act: GateAct,
  { access }: GateApiOptions,
  { headers }: IncomingMessage,
): Promise<GateAnswer> {
  const call = readGateCall(body);
  const caller = await access.callerOf(call.token ?? secretOf(headers));
  if (caller === null) {
    const message = "the call needs a token that the server knows, in metadata.token or as Authorization";
    throw new CoalmineError("unauthenticated", message);
  }
  // Who may open a gate may ask how it stands: both are Flagger's hooks.
  if (!caller.mayWrite(call.namespace)) requireRight(caller, act.scope, call.namespace);
  const by = access.isOn ? caller.name : (call.by ?? "webhook");
  return await act.run(call, { caller: caller.name, by });
}

/** What a caller is told of a failure; of one of ours nothing, and the log has its cause. */
function refusal(thrown: unknown, request: IncomingMessage, logger: Logger): GateAnswer {
  const { code, message } = CoalmineError.from(thrown);
  if (!isOwnFault(code)) return { status: faultStatus[code], text: message };
  // Without what follows the path: somebody may have written a token there.
  logger.error({ path: pathOf(request), err: thrown }, "a call to a gate failed");
  return { status: faultStatus[code], text: "the call met a fault of the server; its log has the cause" };
}

function pathOf({ url }: IncomingMessage): string {
  const [path = ""] = (url ?? "").split("?", 1);
  return path;
}
