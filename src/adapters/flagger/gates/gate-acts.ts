/** What each path of the load tester's gates does. */
import type { GateQuestion, Gates } from "../../../analysis/gates/gates.ts";
import type { Scope } from "../../../base/access.ts";
import { CoalmineError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { GateAnswer } from "./gate-answer.ts";
import type { GateCall } from "./gate-call.ts";

/** What one path does. */
export interface GateAct {
  /** What a caller needs to ask for it. */
  readonly scope: Scope;
  /** Does what a call asks for. */
  run(call: GateCall, speaker: GateSpeaker): Promise<GateAnswer>;
}

/** Who speaks. */
export interface GateSpeaker {
  /** Name of the caller, for the audit. */
  readonly caller: string;
  /** In whose name the gate is then open or closed. */
  readonly by: string;
}

const approved: GateAnswer = { status: 200, text: "Approved" };
const refused: GateAnswer = { status: 403, text: "Forbidden" };
const accepted: GateAnswer = { status: 202, text: "" };

/** Those that say the same to everybody: their body is not read, and no token asked for. */
export const constantAnswers: ReadonlyMap<string, GateAnswer> = new Map([
  ["/gate/approve", { status: 200, text: "OK" }],
  ["/gate/halt", refused],
]);

type GatePath = `/${"gate" | "rollback"}/${"check" | "open" | "close"}`;

export interface GateActsOptions {
  readonly gates: Gates;
  readonly logger: Logger;
}

/** Those that ask or say something, by their path. */
export function createGateActs({ gates, logger }: GateActsOptions): ReadonlyMap<string, GateAct> {
  const check: GateAct = {
    scope: "read",
    async run(call) {
      const gate = await gates.standing(questionOf(call));
      return gate?.isOpen === true ? approved : refused;
    },
  };
  const say = (isOpen: boolean): GateAct => ({
    scope: "write",
    async run({ namespace, canary, hook, checksum, isOfRevision }, { caller, by }) {
      const revision = isOfRevision ? checksum : null;
      const word = { namespace, canary, hook, revision, isOpen, by };
      const gate = await gates.say(word, { caller, door: "flagger" });
      logger.info({ gate }, `a gate was ${isOpen ? "opened" : "closed"}`);
      return accepted;
    },
  });
  return new Map<GatePath, GateAct>([
    ["/gate/check", check],
    ["/gate/open", say(true)],
    ["/gate/close", say(false)],
    ["/rollback/check", ofRollback(check)],
    ["/rollback/open", ofRollback(say(true))],
    ["/rollback/close", ofRollback(say(false))],
  ]);
}

/** A call that names no hook may come from any, `confirm-rollout` too, whose checksum is of the revision before. */
function questionOf({ namespace, canary, hook, checksum, isOfRevision }: GateCall): GateQuestion {
  const hasRevision = hook !== null || isOfRevision;
  return { namespace, canary, hook, revision: hasRevision ? checksum : null };
}

function ofRollback({ scope, run }: GateAct): GateAct {
  return {
    scope,
    async run(call, speaker) {
      if (call.hook !== null && call.hook !== "rollback") {
        const message = `metadata.hook is ${call.hook}, whose gates are at /gate, not at /rollback`;
        throw new CoalmineError("invalid-request", message);
      }
      return await run({ ...call, hook: "rollback" }, speaker);
    },
  };
}
