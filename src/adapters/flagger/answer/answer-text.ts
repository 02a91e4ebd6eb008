/** The one line that goes with a status: people read it in the Canary's Kubernetes events, and in curl. */
import type { AnalysisRecord } from "../../../analysis/analysis-record.ts";
import type { Gate } from "../../../analysis/gates/gate.ts";
import { formatDuration } from "../../../base/duration.ts";
import { unreachable } from "../../../base/unreachable.ts";
import type { CanaryName } from "../hook-call.ts";
import { oneLine } from "../http/one-line.ts";
import type { Standing } from "../release/standing.ts";
import type { Decision } from "./answer-table.ts";

/** Of a reason that is followed by what to do about it, in bytes. */
const mostReasonBytes = 600;
/** Of a word of somebody, before what stands. */
const mostWordBytes = 600;

export interface TextOf {
  readonly canary: CanaryName;
  readonly revision: string;
  readonly standing: Standing;
  readonly decision: Decision;
  /** What else the caller should know; said before the reason, which may be long. */
  readonly remarks: readonly string[];
  readonly now: number;
}

/** One line of at most 1 KB. */
export function answerText({ canary, revision, standing, decision: { gate }, remarks, now }: TextOf): string {
  const told = [...remarks, standing.reason].join("; ");
  const text = standingText(standing, told, { canary, revision }, now);
  if (gate === null) return oneLine(text);
  return oneLine(`${gate.isOpen ? openedText(gate) : closedText(gate)}; ${text}`);
}

/** Who opened a gate. */
export function openedText(gate: Gate): string {
  return oneLine(`OPENED: ${gateText(gate)} was opened by ${gate.by} at ${gate.at}`, mostWordBytes);
}

/** Who closed a gate, and how it is opened. */
export function closedText(gate: Gate): string {
  const { namespace, canary, hook, revision } = gate;
  const narrow = `${hook === null ? "" : ` --hook ${hook}`}${revision === null ? "" : ` --revision ${revision}`}`;
  const open = `to open: coalmine gate open ${namespace}/${canary}${narrow}`;
  return oneLine(`CLOSED: ${gateText(gate)} was closed by ${gate.by} at ${gate.at}; ${open}`, mostWordBytes);
}

function gateText({ hook, revision }: Gate): string {
  const which = hook === null ? "the gate of every hook" : `the gate ${hook}`;
  return revision === null ? which : `${which} of this revision`;
}

function standingText(
  standing: Standing,
  told: string,
  about: { readonly canary: CanaryName; readonly revision: string },
  now: number,
): string {
  switch (standing.kind) {
    case "none":
      return `NOT JUDGED: ${told}`;
    case "running":
      return `RUNNING (${leftText(standing.endsAt - now)}): ${told}`;
    case "pass":
      return `PASS: ${told}`;
    case "fail":
      return `FAIL: ${told}`;
    case "held":
      return `HELD until ${clockTime(standing.until)}: ${oneLine(told, mostReasonBytes)}; ${howToPromote(about)}`;
    case "rollback":
      return standing.heldUntil === null
        ? `INCONCLUSIVE, so rolled back: ${told}`
        : `HELD until ${clockTime(standing.heldUntil)}, then rolled back: ${told}`;
    case "promote":
      return `INCONCLUSIVE, promoted all the same: ${told}`;
    case "superseded":
      return `SUPERSEDED: ${told}`;
    default:
      return unreachable(standing);
  }
}

/** What somebody has to do who wants a held revision promoted. */
export function howToPromote({
  canary,
  revision,
}: {
  readonly canary: CanaryName;
  readonly revision: string;
}): string {
  const where = `${canary.namespace}/${canary.name}`;
  return `to promote: coalmine gate open ${where} --hook confirm-promotion --revision ${revision}`;
}

/** What an analysis judges, for who set it up. */
export function judgedText({ id, spec }: AnalysisRecord): string {
  const { service, telemetry, durationMs } = spec;
  return `analysis ${id} judges ${service} by ${telemetry.preset} for ${formatDuration(durationMs)}`;
}

/** `20:14 UTC`. */
export function clockTime(time: number): string {
  return `${new Date(time).toISOString().slice(11, 16)} UTC`;
}

/** In whole minutes, or seconds where it is less than one. */
function leftText(leftMs: number): string {
  if (leftMs <= 0) return "about to end";
  const unit = leftMs < 60_000 ? 1_000 : 60_000;
  return `${formatDuration(Math.ceil(leftMs / unit) * unit)} left`;
}
