import type { GobStruct } from "../../../wire/go-plugin/index.ts";
import type { StepResult } from "../step-provider.ts";

/** What an int64 of nanoseconds can hold. */
const maxRequeueMs = 9_223_372_036_854;

const encoder = new TextEncoder();

/**
 * A step's result for the controller, which stores the status that it is given
 * with every answer, also none: to leave it as it is, it is sent back.
 *
 * @param storedStatus the status that the controller has, as JSON; "" for none.
 * @throws RangeError if the wait is none or beyond 292 years, TypeError if the status cannot be JSON.
 */
export function writeStepResult(result: StepResult, storedStatus: string): GobStruct {
  const { phase, message, requeueAfterMs, status } = result;
  return {
    Phase: phase,
    Message: message,
    RequeueAfter: nanosecondsOf(requeueAfterMs),
    Status: encoder.encode(status === null ? storedStatus : JSON.stringify(status)),
  };
}

function nanosecondsOf(ms: number): bigint {
  if (ms >= 0 && ms <= maxRequeueMs) return BigInt(Math.round(ms)) * 1_000_000n;
  throw new RangeError(`requeue after ${ms} ms: want 0 … ${maxRequeueMs}`);
}
