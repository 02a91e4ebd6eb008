/** The step plugin: a step of a canary Rollout that takes as long as an analysis. */
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { formatDuration } from "../../base/duration.ts";
import { CoalmineError } from "../../base/errors.ts";
import { readConfiguration } from "./configuration.ts";
import type { RolloutView } from "./controller-view.ts";
import { endAnalysis } from "./follower.ts";
import { releaseOfRollout } from "./release.ts";
import { shortLine } from "./short-line.ts";
import { readStepOptions, type StepOptions } from "./step-options.ts";
import type { StepProvider, StepRequest, StepResult } from "./step-provider.ts";
import { readStepStatus, type StepStatus, writeStepStatus } from "./step-status.ts";
import { answerInMs, mayPass, type ProviderOptions, packed, takeUp } from "./take-up.ts";

/** The controller makes anything up to 10 s into 30 s. */
const leastRequeueMs = 11_000;

/** What the controller adds to every wait, in milliseconds, and a little more: between a step's end and its being seen. */
const controllerSlackMs = 60_000;

/**
 * Steps over analyses that run in the background; `run` answers what is known.
 * All state is in the step's status, so that any process can go on.
 *
 * A pass is Successful and a fail is Failed, which aborts the Rollout. A step
 * cannot pause one: `onInconclusive` says what becomes of an inconclusive
 * analysis. A configuration that is wrong, or takes longer than the Rollout's
 * progress deadline, is Failed at once with every problem: past the deadline the
 * controller would neither call the step again nor say why.
 */
export function createStepProvider(options: ProviderOptions): StepProvider {
  const { clock, follower } = options;

  async function run(request: StepRequest): Promise<StepResult> {
    const { rollout } = request;
    // One of another canary would go on about pods that are no longer judged.
    const known = ownStatus(request, rollout.canaryHash);
    const status = known ?? newStatus(rollout, clock.now());
    try {
      const { options: chosen, document } = readStepOptions(readConfiguration(request.config));
      const record = await takeUp(options, {
        id: status.analysis,
        startedAt: status.startedAt,
        kept: status.state,
        document: () => document,
        release: async (wanted) => releaseOfRollout(rollout, wanted),
      });
      if (known === null) refuseBeyondDeadline(record, rollout, chosen);
      if (rollout.weight !== null) follower.setWeight(status.analysis, rollout.weight);
      return resultOf(options, status, record, chosen);
    } catch (thrown) {
      const error = CoalmineError.from(thrown);
      if (error.code === "internal") throw thrown;
      const message = shortLine(error.message);
      if (mayPass(error)) return running(message, leastRequeueMs, writeStepStatus(status, {}));
      await endAnalysis(follower, status.analysis);
      return {
        phase: "Failed",
        message,
        requeueAfterMs: 0,
        status: writeStepStatus({ ...status, state: "" }, {}),
      };
    }
  }

  async function stop(request: StepRequest): Promise<StepResult> {
    const status = ownStatus(request);
    const ended = status === null ? null : await endAnalysis(follower, status.analysis);
    const message =
      ended?.result.phase === "cancelled" ? "the analysis was cancelled" : "the analysis had ended";
    return { phase: "Successful", message, requeueAfterMs: 0, status: null };
  }

  return { run, terminate: stop, abort: stop };
}

/**
 * The status, if its analysis is the Rollout's (and the canary's, where one is
 * named): who may write a Rollout's status must not reach the analyses of others.
 */
function ownStatus({ rollout, status }: StepRequest, canaryHash?: string): StepStatus | null {
  const known = readStepStatus(status);
  const prefix = canaryHash === undefined ? `${rollout.uid}/` : `${rollout.uid}/${canaryHash}/`;
  return known?.analysis.startsWith(prefix) === true ? known : null;
}

/** A step that starts again (a retry of the Rollout) has no status: its analysis is another one. */
function newStatus({ uid, canaryHash, stepIndex }: RolloutView, startedAt: number): StepStatus {
  const analysis = `${uid}/${canaryHash}/step-${stepIndex ?? 0}/${new Date(startedAt).toISOString()}`;
  return { startedAt, analysis, state: "", holdingSince: null };
}

function resultOf(
  options: ProviderOptions,
  status: StepStatus,
  record: AnalysisRecord,
  chosen: StepOptions,
): StepResult {
  const { phase, verdict, reason, score } = record.result;
  const message = shortLine(reason.text);
  const shown = { verdict: verdict ?? "running", score, reason: reason.code };
  if (phase === "running" || verdict === null) {
    const kept = { ...status, state: packed(record) ?? "" };
    const requeueMs = Math.max(leastRequeueMs, answerInMs(options, record));
    return running(message, requeueMs, writeStepStatus(kept, shown));
  }
  if (verdict === "inconclusive" && chosen.onInconclusive === "hold") {
    const now = options.clock.now();
    const holdingSince = status.holdingSince ?? now;
    const left = chosen.holdTimeout - (now - holdingSince);
    if (left > 0) {
      const told = shortLine(
        `inconclusive, held for ${formatDuration(Math.ceil(left / 1_000) * 1_000)} more: promote or abort; ${message}`,
      );
      // The state stays with it: after a restart the same analysis is inconclusive again.
      const kept = { ...status, state: packed(record) ?? "", holdingSince };
      return running(told, Math.max(leastRequeueMs, Math.min(left, 30_000)), writeStepStatus(kept, shown));
    }
  }
  const isSuccess = verdict === "pass" || (verdict === "inconclusive" && chosen.onInconclusive === "promote");
  const told = verdict === "inconclusive" ? shortLine(`inconclusive: ${message}`) : message;
  return {
    phase: isSuccess ? "Successful" : "Failed",
    message: told,
    requeueAfterMs: 0,
    status: writeStepStatus({ ...status, state: "" }, shown),
  };
}

function running(
  message: string,
  requeueAfterMs: number,
  status: NonNullable<StepResult["status"]>,
): StepResult {
  return { phase: "Running", message, requeueAfterMs, status };
}

/** @throws CoalmineError invalid-spec if the Rollout is given up before the step can end. */
function refuseBeyondDeadline({ spec }: AnalysisRecord, rollout: RolloutView, chosen: StepOptions): void {
  const holdMs = chosen.onInconclusive === "hold" ? chosen.holdTimeout : 0;
  const takesMs = spec.durationMs + holdMs + controllerSlackMs;
  const deadlineMs = rollout.progressDeadlineSeconds * 1_000;
  if (takesMs <= deadlineMs) return;
  const message =
    `the step takes up to ${formatDuration(takesMs)}, and the Rollout is given up after ${formatDuration(deadlineMs)} ` +
    "without progress, after which the controller would never ask the step again: set " +
    `spec.progressDeadlineSeconds to ${takesMs / 1_000} or more, shorten \`duration\`${holdMs > 0 ? " or `holdTimeout`" : ""}, ` +
    "or use an `analysis` step, which may take any time";
  throw invalidSpec([{ path: "duration", message }]);
}
