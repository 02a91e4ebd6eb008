/** A step's result as a message, and back. */
import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import { readDocument } from "../json/read-document.ts";
import type { StepResult } from "../step-provider.ts";
import type { StepResult as StepMessage, StepPhase } from "./messages.ts";

const phases = {
  Running: "STEP_PHASE_RUNNING",
  Successful: "STEP_PHASE_SUCCESSFUL",
  Failed: "STEP_PHASE_FAILED",
} as const satisfies Record<StepResult["phase"], StepPhase>;

/** A protobuf Duration's bound: 10,000 years. */
const maxRequeueMs = 315_576_000_000_000;

const encoder = new TextEncoder();

/**
 * The controller stores the status that it is given with every answer, also
 * none: to leave it as it is, it is sent back.
 *
 * @param storedStatus the status that the controller has, as JSON; "" for none.
 * @throws RangeError if the wait is none, TypeError if the status cannot be JSON.
 */
export function writeStepResult(result: StepResult, storedStatus: string): StepMessage {
  const { phase, message, requeueAfterMs, status } = result;
  if (!(requeueAfterMs >= 0 && requeueAfterMs <= maxRequeueMs)) {
    throw new RangeError(`requeue after ${requeueAfterMs} ms: want 0 … ${maxRequeueMs}`);
  }
  const ms = Math.round(requeueAfterMs);
  return {
    phase: phases[phase],
    message,
    requeueAfter: { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 },
    statusJson: encoder.encode(status === null ? storedStatus : JSON.stringify(status)),
  };
}

const status = z.record(z.string(), z.unknown());

/** @throws CoalmineError invalid-request if it is none of ours. */
export function readStepResult(given: StepMessage | null): StepResult {
  const [phase] = Object.entries(phases).find(([, name]) => name === given?.phase) ?? [];
  if (given === null || !isPhase(phase)) {
    throw new CoalmineError(
      "invalid-request",
      "argo-rollouts: StepResult: a phase of a step wanted, another met",
    );
  }
  const { seconds, nanos } = given.requeueAfter ?? { seconds: 0, nanos: 0 };
  return {
    phase,
    message: given.message,
    requeueAfterMs: Math.min(maxRequeueMs, Math.max(0, seconds * 1_000 + Math.floor(nanos / 1_000_000))),
    status: given.statusJson.byteLength === 0 ? null : readDocument("Status", given.statusJson, status),
  };
}

function isPhase(name: string | undefined): name is StepResult["phase"] {
  return name !== undefined && Object.hasOwn(phases, name);
}
