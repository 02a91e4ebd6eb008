import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Asker, AuditEntry } from "../audit/audit-entry.ts";
import type { GateStore } from "../ports.ts";
import type { Gate } from "./gate.ts";
import type { GateQuestion, Gates } from "./gates.ts";

export interface GatesOptions {
  readonly store: GateStore;
  readonly clock: Clock;
}

/**
 * Gates over a store. Of all words that apply to a question the latest wins,
 * however wide: who closes every gate of a canary closes also what was opened
 * for one revision before, and who then opens one hook opens that one.
 *
 * `say` throws CoalmineError invalid-request for a word on `confirm-rollout` of
 * one revision: Flagger asks that hook with the checksum of the revision before,
 * so such a word would be about the wrong release. A store that is full throws
 * too-large.
 */
export function createGates({ store, clock }: GatesOptions): Gates {
  let lastSaidAt = 0;

  /** After every word there is: the order of words must outlive a clock that is set back, and ties. */
  async function nextMoment({ namespace, canary }: Pick<Gate, "namespace" | "canary">): Promise<number> {
    const [latest] = await store.list({ namespace, canary });
    const latestAt = latest === undefined ? 0 : Date.parse(latest.at);
    lastSaidAt = Math.max(clock.now(), latestAt + 1, lastSaidAt + 1);
    return lastSaidAt;
  }

  return {
    async say(word, asker) {
      if (word.hook === "confirm-rollout" && word.revision !== null) throw revisionOfConfirmRollout();
      const gate: Gate = { ...word, at: new Date(await nextMoment(word)).toISOString() };
      await store.put(gate, entryOf(asker, gate, clock.now()));
      return gate;
    },
    async standing(question) {
      const { namespace, canary } = question;
      const gates = await store.list({ namespace, canary });
      return gates.find((gate) => applies(gate, question)) ?? null;
    },
    list: (filter) => store.list(filter),
  };
}

function entryOf(asker: Asker, gate: Gate, at: number): AuditEntry {
  const { namespace, canary, hook, revision, isOpen, by } = gate;
  const about = { kind: "gate", canary, hook, revision, by } as const;
  return { ...asker, at, action: isOpen ? "open-gate" : "close-gate", namespace, about };
}

function applies(gate: Gate, question: GateQuestion): boolean {
  return isOfHook(gate, question) && isOfRevision(gate, question) && !isSpent(gate, question);
}

/** What was closed stays closed, and a word on every revision speaks for those to come. */
function isSpent({ isOpen, revision, at }: Gate, { openedSince = 0 }: GateQuestion): boolean {
  return isOpen && revision !== null && Date.parse(at) < openedSince;
}

/** An open rollback gate stops a release and other open gates let it go on: one word cannot mean both. */
function isOfHook({ hook }: Gate, question: GateQuestion): boolean {
  return hook === question.hook || (hook === null && question.hook !== "rollback");
}

/** At `confirm-rollout` the revision is the one before: what was said of that is not about its successor. */
function isOfRevision({ revision }: Gate, question: GateQuestion): boolean {
  return revision === null || (revision === question.revision && question.hook !== "confirm-rollout");
}

function revisionOfConfirmRollout(): CoalmineError {
  return new CoalmineError(
    "invalid-request",
    "a gate of confirm-rollout cannot be of one revision: Flagger asks it with the checksum of the revision " +
      "before; leave the revision out",
  );
}
