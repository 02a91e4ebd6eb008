import { type GoTime, readGoTime } from "./go-time.ts";
import type { GobValue } from "./gob-value.ts";

/**
 * A decoded time as a time. It may have been decoded as bytes: a stream that
 * meets `*time.Time` before `time.Time` does not tell the name of the type (it is
 * so in a Measurement of Argo that is sent by itself), and a reader is found by
 * name.
 *
 * @throws TypeError if the value is neither; CoalmineError invalid-request if the
 *   bytes are no time.
 */
export function goTimeOfValue(value: GobValue): GoTime {
  if (value instanceof Uint8Array) return readGoTime(value);
  if (isGoTime(value)) return value;
  throw new TypeError(`a time {seconds, nanos, zone} or its bytes wanted, ${JSON.stringify(value)} met`);
}

function isGoTime(value: GobValue): value is GoTime {
  return (
    typeof value === "object" && value !== null && "seconds" in value && "nanos" in value && "zone" in value
  );
}
