import type { CanaryEvent } from "../canary-events.ts";
import { oneLine } from "../http/one-line.ts";
import type { CanaryReference } from "./canary-reference.ts";

/** Who says it: the column `From` of `kubectl describe`. */
const component = "coalmine";

/** The longest name of an object. */
const mostNameLength = 253;

/**
 * An Event of the core group, as the API takes it. `kubectl describe` reads this
 * group and sorts by `lastTimestamp`, which an Event made through
 * events.k8s.io/v1 may not have.
 *
 * @param at when it happened, in milliseconds since the epoch.
 * @param id makes the name the Event's own: letters, digits and hyphens. Sent
 *   again with the same id it is the same Event.
 */
export function eventObject(about: CanaryReference, event: CanaryEvent, at: number, id: string): object {
  const time = new Date(at).toISOString().replace(/[.]\d+Z$/, "Z");
  const prefix = about.name.slice(0, mostNameLength - 1 - id.length).replace(/[.-]+$/, "");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: about.namespace, name: `${prefix}.${id}` },
    involvedObject: about,
    type: event.type,
    reason: event.reason,
    // The API's limit on what it takes for one, in bytes.
    message: oneLine(event.message, 1_024),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
