/** What the caller of a hook should know beside how its release stands. */
import { sameJson } from "../../../analysis/same-json.ts";
import type { Logger } from "../../../base/logger.ts";
import { judgedText } from "../answer/answer-text.ts";
import type { HookCall } from "../hook-call.ts";
import type { SpecChoice } from "../spec/spec-choice.ts";
import { type OpenRelease, openOf } from "./open-releases.ts";

/** Of a call that changes nothing. */
export function remarksOn(
  known: OpenRelease,
  call: HookCall,
  choice: SpecChoice | null,
  logger: Logger,
): readonly string[] {
  return [...introduction(known, call, choice, logger), ...difference(known, call, choice, logger)];
}

/** What pre-rollout is told, which people read when they set things up; the log has it once, for Flagger shows no yes. */
export function introduction(
  known: OpenRelease,
  call: HookCall,
  choice: SpecChoice | null,
  logger: Logger,
): readonly string[] {
  const { analysis } = known;
  const { hook, canary, checksum } = call;
  if (hook !== "pre-rollout" || openOf(known, call) === null || analysis === null) return [];
  const remarks = [judgedText(analysis), ...(choice?.unknownKeys ?? [])];
  if (known.introduced !== analysis.id)
    logger.info({ ...canary, revision: checksum }, `pre-rollout: ${remarks.join("; ")}`);
  known.introduced = analysis.id;
  return remarks;
}

/** What runs stays, whatever a later hook asks for; who asks for something else is told. */
function difference(
  known: OpenRelease,
  call: HookCall,
  choice: SpecChoice | null,
  logger: Logger,
): readonly string[] {
  const release = openOf(known, call);
  if (release === null || known.analysis === null || choice === null || !choice.isSaid) return [];
  let differs = known.compared.get(choice);
  if (differs === undefined) {
    differs = !sameJson([choice.spec, choice.options], [known.analysis.spec, release.options]);
    known.compared.set(choice, differs);
  }
  if (!differs) return [];
  const text = "this hook's metadata asks for something else than what runs, which stays";
  if (!known.isWarned) logger.warn({ ...call.canary, hook: call.hook, analysis: release.analysis }, text);
  known.isWarned = true;
  return [text];
}
