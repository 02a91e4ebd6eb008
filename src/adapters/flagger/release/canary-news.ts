/** What people are told of a release in the Canary's Kubernetes events, each once. */
import type { Gate } from "../../../analysis/gates/gate.ts";
import { unreachable } from "../../../base/unreachable.ts";
import { clockTime, howToPromote } from "../answer/answer-text.ts";
import type { CanaryEvent } from "../canary-events.ts";
import { oneLine } from "../http/one-line.ts";
import type { Release } from "./release.ts";
import type { Standing } from "./standing.ts";

export interface NewsOf {
  readonly release: Release;
  readonly standing: Standing;
  /** The word that promotes the revision by hand; null without one. */
  readonly byHand: Gate | null;
  /** What the source said when it went away; null while it answers. */
  readonly sourceAway: string | null;
}

export interface News {
  readonly events: readonly CanaryEvent[];
  /** What has been told with them; `release.told` itself where there is nothing new. */
  readonly told: readonly string[];
}

/** What is to be told, by what has been. */
export function newsOf({ release, standing, byHand, sourceAway }: NewsOf): News {
  const told = new Set(release.told);
  const events: CanaryEvent[] = [];
  const once = (word: string, event: CanaryEvent) => {
    if (told.has(word)) return;
    told.add(word);
    events.push(event);
  };

  if (standing.kind === "running" && sourceAway !== null)
    once("away", warning("CoalmineSourceAway", `the metrics source is away: ${sourceAway}`));
  if (standing.kind === "running" && sourceAway === null && told.delete("away"))
    events.push(normal("CoalmineSourceBack", "the metrics source answers again"));

  const due = byHand === null ? standingNews(release, standing) : openedNews(byHand);
  if (due !== null) once(due.word, due.event);
  return { events, told: events.length === 0 ? release.told : [...told] };
}

/** An event, and the word that it is remembered by. */
interface Due {
  readonly word: string;
  readonly event: CanaryEvent;
}

function standingNews(release: Release, standing: Standing): Due | null {
  const { kind, reason } = standing;
  switch (kind) {
    case "pass":
      return { word: kind, event: normal("CoalminePass", reason) };
    case "fail":
      return { word: kind, event: warning("CoalmineFail", reason) };
    case "held":
      return { word: kind, event: warning("CoalmineHeld", heldText(release, standing.until, reason)) };
    case "rollback": {
      if (standing.heldUntil === null)
        return { word: "inconclusive", event: warning("CoalmineInconclusive", `rolled back: ${reason}`) };
      const text = timedOutText(standing.heldUntil, reason);
      return { word: "timed-out", event: warning("CoalmineHoldTimedOut", text) };
    }
    case "promote":
      return {
        word: "inconclusive",
        event: warning("CoalmineInconclusive", `promoted all the same: ${reason}`),
      };
    case "none":
    case "running":
    case "superseded":
      return null;
    default:
      return unreachable(kind);
  }
}

function openedNews({ by, at }: Gate): Due {
  return { word: "opened", event: normal("CoalmineOpened", `the promotion was opened by ${by} at ${at}`) };
}

/** The analysis of a release has begun. */
export function startedEvent(judged: string, remarks: readonly string[]): CanaryEvent {
  return normal("CoalmineStarted", [judged, ...remarks].join("; "));
}

/** What the hooks ask for cannot be judged. */
export function misconfiguredEvent(fault: string): CanaryEvent {
  return warning("CoalmineMisconfigured", fault);
}

function heldText(release: Release, until: number, reason: string): string {
  return `held until ${clockTime(until)}, then rolled back; ${howToPromote(release)}; inconclusive: ${reason}`;
}

function timedOutText(until: number, reason: string): string {
  return `nobody opened the promotion until ${clockTime(until)}, so it is rolled back: ${reason}`;
}

function normal(reason: string, message: string): CanaryEvent {
  return { type: "Normal", reason, message: oneLine(message) };
}

function warning(reason: string, message: string): CanaryEvent {
  return { type: "Warning", reason, message: oneLine(message) };
}
