/** What each hook answers to each standing: docs and tests read it as it stands. */
import type { Gate } from "../../../analysis/gates/gate.ts";
import type { JudgedHook } from "../release/release-life.ts";
import type { Standing } from "../release/standing.ts";

/** The standings that a hook says yes to, with 200; to all others it says 403. At the rollback hook a yes means to roll back. */
const yesTo: Readonly<Record<JudgedHook, readonly Standing["kind"][]>> = {
  "pre-rollout": ["none", "running", "pass", "held", "promote", "superseded"],
  rollout: ["none", "running", "pass", "held", "promote", "superseded"],
  "confirm-traffic-increase": ["running", "pass", "promote"],
  "confirm-promotion": ["pass", "promote"],
  rollback: ["fail", "rollback"],
};

/** The words of people that bear on a call; null where nobody said any. */
export interface GateWords {
  /** On the call's own hook. */
  readonly own: Gate | null;
  /** On the promotion of its revision. */
  readonly promotion: Gate | null;
}

/** What is answered, and the word of somebody that made it so; null: the table did. */
export interface Decision {
  readonly status: 200 | 403;
  readonly gate: Gate | null;
}

/** What a word of somebody can turn into a yes: never a fail. */
const undecided: ReadonlySet<Standing["kind"]> = new Set(["none", "running", "held", "rollback"]);

/**
 * The answer, people's words included: a closed gate denies its confirm hook. A
 * promotion that was opened for this very revision is one by hand: nothing but a
 * fail holds it up or rolls it back.
 */
export function decide(hook: JudgedHook, standing: Standing, { own, promotion }: GateWords): Decision {
  const isConfirm = hook === "confirm-traffic-increase" || hook === "confirm-promotion";
  if (isConfirm && own?.isOpen === false) return { status: 403, gate: own };
  const byTable = yesTo[hook].includes(standing.kind) ? 200 : 403;
  const byHand = hook === "rollback" ? 403 : 200;
  const words = isConfirm ? [own, promotion] : [promotion];
  const opened = words.find((word) => promotesByHand(standing, word)) ?? null;
  return opened === null || byTable === byHand
    ? { status: byTable, gate: null }
    : { status: byHand, gate: opened };
}

/** Whether the word opens this very revision, and there is something for it to open. */
export function promotesByHand({ kind }: Standing, word: Gate | null): boolean {
  return undecided.has(kind) && word?.isOpen === true && word.revision !== null;
}

/** Whether a word on the promotion matters: the table's answer would be in its way, or people would be told of a hold. */
export function wantsPromotion(hook: JudgedHook, { kind }: Standing): boolean {
  const inTheWay = yesTo[hook].includes(kind) === (hook === "rollback");
  return kind === "held" || (undecided.has(kind) && inTheWay);
}
