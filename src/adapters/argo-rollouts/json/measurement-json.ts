import * as z from "zod";
import { phaseCalled } from "../measurement-phases.ts";
import type { Measurement } from "../metric-provider.ts";
import { readDocument, writeDocument } from "./read-document.ts";
import { text, texts, time, writeTime } from "./scalars.ts";

const measurement = z.object({
  phase: text.transform((name, context) => {
    const phase = phaseCalled(name);
    if (phase !== undefined) return phase;
    context.addIssue({ code: "custom", message: "a phase of Argo wanted, another met" });
    return z.NEVER;
  }),
  message: text,
  startedAt: time,
  finishedAt: time,
  resumeAt: time,
  value: text,
  metadata: texts,
});

/** Reads a Measurement; one without members is new: Running, with nothing in it. @throws CoalmineError invalid-request, too-large. */
export function readMeasurement(bytes: Uint8Array): Measurement {
  return readDocument("Measurement", bytes, measurement);
}

/**
 * A Measurement as Kubernetes writes it, but to the millisecond: metav1.Time
 * reads that too.
 *
 * @throws RangeError if a time is none, or is not of the years 1970 to 9999.
 */
export function writeMeasurement(given: Measurement): Uint8Array {
  const { phase, message, startedAt, finishedAt, resumeAt, value, metadata } = given;
  return writeDocument({
    phase,
    ...(message !== "" && { message }),
    startedAt: writeTime(startedAt),
    finishedAt: writeTime(finishedAt),
    ...(value !== "" && { value }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    resumeAt: writeTime(resumeAt),
  });
}
