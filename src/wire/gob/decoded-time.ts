import { type GoTime, readGoTime } from "./go-time.ts";
import type { GobValue } from "./gob-value.ts";

/**
 * A decoded time as a time. It may have been decoded as bytes, since a reader is
 * found by the name of the type, and a definition has none where the type was met
 * first as `*time.Time`, or as the element of an array or a map: so it is in a
 * Measurement of Argo that is sent by itself.
 *
 * @throws TypeError if the value is neither; CoalmineError invalid-request if the
 *   bytes are no time.
 */
export function goTimeOfValue(value: GobValue): GoTime {
  if (value instanceof Uint8Array) return readGoTime(value);
  if (isGoTime(value)) return value;
  throw new TypeError(`a time {seconds, nanos, zone} or its bytes wanted, ${typeof value} met`);
}

function isGoTime(value: GobValue): value is GoTime {
  return (
    typeof value === "object" && value !== null && "seconds" in value && "nanos" in value && "zone" in value
  );
}
