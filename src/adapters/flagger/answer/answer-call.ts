import type { Gate, GateHook } from "../../../analysis/gates/gate.ts";
import type { Gates } from "../../../analysis/gates/gates.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import type { AskedCall, HookAnswer, HookCall } from "../hook-call.ts";
import type { JudgedCall, Releases } from "../release/releases.ts";
import { decide, promotesByHand, wantsPromotion } from "./answer-table.ts";
import { answerText, closedText, openedText } from "./answer-text.ts";

export interface AnswerCallOptions {
  readonly releases: Releases;
  readonly gates: Gates;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Answers a call from what is known: the release's standing, and the words of people. @throws CoalmineError as the specs' reading does. */
export function createAnswerCall({ releases, gates, clock, logger }: AnswerCallOptions) {
  async function wordOn({ canary, checksum }: HookCall, hook: GateHook): Promise<Gate | null> {
    const place = { namespace: canary.namespace, canary: canary.name, hook };
    // This one carries the checksum of the revision before.
    if (hook === "confirm-rollout") return await gates.standing({ ...place, revision: null });
    // A revision that comes back is another release: that somebody let it through once says nothing of now.
    const openedSince = (await releases.latestSince(canary)) ?? 0;
    return await gates.standing({ ...place, revision: checksum, openedSince });
  }

  async function judged(call: JudgedCall): Promise<HookAnswer> {
    const { hook, canary, checksum: revision } = call;
    const own = hook === "pre-rollout" || hook === "rollout" ? null : await wordOn(call, hook);
    // A rollback by hand works whatever is wrong with the hooks.
    if (hook === "rollback" && own?.isOpen === true) return { status: 200, text: openedText(own) };
    let promotion: Gate | null = null;
    const { standing, remarks } = await releases.follow(call, async (stands) => {
      if (hook === "confirm-promotion") promotion = own;
      else if (wantsPromotion(hook, stands)) promotion = await wordOn(call, "confirm-promotion");
      return promotesByHand(stands, promotion) ? promotion : null;
    });
    const decision = decide(hook, standing, { own, promotion });
    const about = { canary, revision, standing, decision, remarks, now: clock.now() };
    return { status: decision.status, text: answerText(about) };
  }

  return async (call: AskedCall): Promise<HookAnswer> => {
    switch (call.hook) {
      case "confirm-rollout": {
        const gate = await wordOn(call, "confirm-rollout");
        if (gate?.isOpen === false) return { status: 403, text: closedText(gate) };
        return { status: 200, text: gate === null ? "no gate is closed" : openedText(gate) };
      }
      case "post-rollout":
        await releases.finish(call);
        return { status: 200, text: "the release is closed" };
      case "event":
        // Flagger stands still until it is answered.
        releases.hear(call).catch((error: unknown) => {
          logger.error({ ...call.canary, err: error }, "an event of Flagger's was not taken in");
        });
        return { status: 200, text: "heard" };
      default:
        return await judged({ ...call, hook: call.hook });
    }
  };
}
