import { CoalmineError } from "../../../base/errors.ts";
import { phaseCalled } from "../measurement-phases.ts";
import type { Measurement, MeasurementPhase } from "../metric-provider.ts";
import { fieldOf, type Located, textOf, textsOf, timeOf } from "./located.ts";

/** Reads a measurement that is handed back; an absent one is new: Running, with nothing in it. @throws CoalmineError invalid-request, too-large. */
export function readMeasurement(at: Located): Measurement {
  return {
    phase: phaseOf(fieldOf(at, "Phase")),
    message: textOf(fieldOf(at, "Message")),
    startedAt: timeOf(fieldOf(at, "StartedAt")),
    finishedAt: timeOf(fieldOf(at, "FinishedAt")),
    resumeAt: timeOf(fieldOf(at, "ResumeAt")),
    value: textOf(fieldOf(at, "Value")),
    metadata: textsOf(fieldOf(at, "Metadata")),
  };
}

function phaseOf(at: Located): MeasurementPhase {
  const phase = phaseCalled(textOf(at));
  if (phase !== undefined) return phase;
  throw new CoalmineError(
    "invalid-request",
    `argo-rollouts: ${at.path}: a phase of Argo wanted, another met`,
  );
}
