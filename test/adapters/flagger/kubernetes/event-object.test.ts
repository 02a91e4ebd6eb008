import { describe, expect, it } from "vitest";
import { eventObject } from "../../../../src/adapters/flagger/kubernetes/event-object.ts";

const about = {
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  namespace: "shop",
  name: "checkout",
  uid: "5f3c",
  resourceVersion: "1234",
} as const;
const event = { type: "Normal", reason: "CoalminePass", message: "errors: no worse" } as const;
const at = Date.parse("2026-11-21T16:40:52.731Z");

describe("eventObject", () => {
  it("is an Event of the core group about the very Canary", () => {
    expect(eventObject(about, event, at, "01ab")).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace: "shop", name: "checkout.01ab" },
      involvedObject: about,
      type: "Normal",
      reason: "CoalminePass",
      message: "errors: no worse",
      source: { component: "coalmine" },
      reportingComponent: "coalmine",
      firstTimestamp: "2026-11-21T16:40:52Z",
      lastTimestamp: "2026-11-21T16:40:52Z",
      count: 1,
    });
  });

  it("has one line of at most 1,024 bytes, cut between characters", () => {
    const long = { ...event, message: `first\n2nd ${"ü".repeat(1_000)}` };
    const { message } = Object(eventObject(about, long, at, "01ab"));
    expect(message).toMatch(/^first; 2nd ü+…$/);
    expect(Buffer.byteLength(message)).toBe(1_024);
  });

  it("has a name that is one, however long the Canary's is", () => {
    const name = `${"a".repeat(245)}.${"b".repeat(7)}`;
    const { metadata } = Object(eventObject({ ...about, name }, event, at, "01ab56"));
    expect(metadata.name).toBe(`${"a".repeat(245)}.01ab56`);
  });
});
