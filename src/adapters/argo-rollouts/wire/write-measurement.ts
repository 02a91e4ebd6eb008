import type { GobStruct, GoTime } from "../../../wire/go-plugin/index.ts";
import type { Measurement } from "../metric-provider.ts";

/** The last millisecond of the year 9999: Kubernetes has no later time in JSON. */
const lastTime = 253_402_300_799_999;

/** A measurement for the controller. @throws RangeError if a time is none, or is not of the years 1970 to 9999. */
export function writeMeasurement(measurement: Measurement): GobStruct {
  const { phase, message, startedAt, finishedAt, resumeAt, value, metadata } = measurement;
  return {
    Phase: phase,
    Message: message,
    StartedAt: writeTime(startedAt),
    FinishedAt: writeTime(finishedAt),
    Value: value,
    Metadata: Object.keys(metadata).length === 0 ? null : writeTexts(metadata),
    ResumeAt: writeTime(resumeAt),
  };
}

/** A map[string]string. */
export function writeTexts(texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts));
}

function writeTime(time: number | null): GoTime | null {
  if (time === null) return null;
  if (!(time >= 0 && time <= lastTime)) throw new RangeError(`time ${time} ms: want 0 … ${lastTime}`);
  const whole = Math.floor(time);
  return { seconds: Math.floor(whole / 1_000), nanos: (whole % 1_000) * 1_000_000, zone: "UTC" };
}
