/** What Flagger sends to webhooks in each of its strategies: the facts that Coalmine's adapter relies on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HookRecorder, outline, type RecordedCall, startHookRecorder } from "./hook-recorder.ts";
import { denyFirst, type RecordedRelease, recordedReleases } from "./recorded-releases.ts";
import { type FlaggerShop, openFlaggerShop } from "./shop.ts";

const releases: Readonly<Record<string, RecordedRelease>> = {
  weights: {
    strategy: "weights",
    script: denyFirst({ "confirm-rollout": 1, "confirm-traffic-increase": 1, "confirm-promotion": 1 }),
  },
  headers: { strategy: "headers", script: denyFirst({ "confirm-promotion": 2 }) },
  "blue-green": { strategy: "blue-green", script: denyFirst({ "confirm-promotion": 2 }) },
  "blue-green-one": {
    strategy: "blue-green",
    analysis: { iterations: 1 },
    script: denyFirst({ "confirm-promotion": 2 }),
  },
  "blue-green-istio": { strategy: "blue-green-istio" },
  mirror: { strategy: "mirror" },
  failed: { strategy: "weights", analysis: { threshold: 2 }, script: denyFirst({ rollout: 2 }) },
  "rolled-back": {
    strategy: "weights",
    script: (hook) => (hook === "rollback" ? { status: 200 } : undefined),
  },
};

let recorder: HookRecorder;
let shop: FlaggerShop;
const ends = new Map<string, Promise<readonly RecordedCall[]>>();

beforeAll(async () => {
  recorder = await startHookRecorder();
  shop = await openFlaggerShop({ namespace: "hooks" });
  const { release, supersede } = recordedReleases(shop, recorder);
  const all = Object.entries(releases).map(([name, one]) => [name, release(name, one)] as const);
  for (const [name, end] of [...all, ["superseded", supersede("superseded")] as const]) {
    // An error is the test's that waits for it.
    end.catch(() => {});
    ends.set(name, end);
  }
});

afterAll(async () => {
  await Promise.allSettled(ends.values());
  await shop?.close();
  await recorder?.close();
});

describe("a release by weights", () => {
  it("asks tick by tick, and asks again what was denied", async () => {
    expect(outline(await callsOf("weights"))).toEqual([
      "Initialized: confirm-rollout 403",
      "Waiting: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200, confirm-traffic-increase 403",
      // Nothing has begun yet: all of it again.
      "Progressing: rollback 403, pre-rollout 200, confirm-traffic-increase 200",
      "Progressing: rollback 403, rollout 200, confirm-traffic-increase 200",
      "Progressing: rollback 403, rollout 200, confirm-traffic-increase 200, confirm-promotion 403",
      // No traffic is asked for while it waits.
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
  });

  it("says that it waits to the rollback webhook alone", async () => {
    const calls = await callsOf("weights");
    const waiting = calls.filter(({ hook, phase }) => hook !== "event" && phase === "WaitingPromotion");
    expect(waiting.map(({ hook }) => hook)).toEqual(["rollback"]);
  });

  it("sends a POST of JSON with no word of who asks", async () => {
    const [call] = await callsOf("weights");
    expect(call?.method).toBe("POST");
    const headers = ["accept-encoding", "content-length", "content-type", "host", "user-agent"];
    expect(Object.keys(call?.headers ?? {}).toSorted()).toEqual(headers);
    expect(call?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Go-http-client/1.1",
    });
  });

  it("says the Canary, its phase, the checksum and the webhook's metadata", async () => {
    const calls = (await callsOf("weights")).filter(({ hook }) => hook === "rollout");
    expect(calls[0]?.body).toEqual({
      name: "weights",
      namespace: shop.namespace.name,
      phase: "Progressing",
      checksum: expect.stringMatching(/^[0-9a-z]{5,10}$/),
      metadata: { team: "shop" },
    });
  });

  it("says the old checksum at confirm-rollout, and the new one from the next tick on", async () => {
    const calls = await callsOf("weights");
    const old = calls.find(({ metadata }) => metadata["eventMessage"]?.startsWith("Initialization done!"));
    const [asked, ...others] = checksumsOf(calls, "confirm-rollout");
    expect([asked, others]).toEqual([old?.checksum, []]);
    const [released, ...more] = checksumsOf(
      calls,
      ...[
        "rollback",
        "pre-rollout",
        "rollout",
        "confirm-traffic-increase",
        "confirm-promotion",
        "post-rollout",
      ],
    );
    expect(more).toEqual([]);
    expect(released).not.toBe(asked);
    expect(checksumOfEvent(calls, "New revision detected! Scaling up")).toBe(asked);
    expect(checksumOfEvent(calls, "Starting canary analysis")).toBe(released);
  });

  it("tells of the weights by events, whose metadata is the webhook's and three keys more", async () => {
    const events = (await callsOf("weights")).filter(({ hook }) => hook === "event");
    const weights = events.flatMap(({ metadata }) => {
      const { eventMessage = "" } = metadata;
      return /canary weight (\d+)$/.exec(eventMessage)?.[1] ?? [];
    });
    expect(weights).toEqual(["25", "50"]);
    expect(events.at(-1)?.metadata).toEqual({
      team: "shop",
      eventMessage: `Promotion completed! Scaling down weights.${shop.namespace.name}`,
      eventType: "Normal",
      timestamp: expect.stringMatching(/^\d{13}$/),
    });
  });
});

describe("an A/B test", () => {
  it("asks for no traffic, and while it waits asks every second tick", async () => {
    expect(outline(await callsOf("headers"))).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200",
      "Progressing: rollback 403, rollout 200",
      "Progressing: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
  });
});

describe("a blue-green release", () => {
  it("asks for the promotion twice, the second time on all traffic", async () => {
    const calls = await callsOf("blue-green-istio");
    expect(outline(calls)).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200",
      "Progressing: rollback 403, rollout 200",
      "Progressing: rollback 403, rollout 200, confirm-promotion 200",
      "Progressing: rollback 403, rollout 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
    const order = calls.map(({ hook, metadata }) => metadata["eventMessage"] ?? hook);
    const routed = order.indexOf("Routing all traffic to canary");
    expect(order.indexOf("confirm-promotion")).toBeLessThan(routed);
    expect(order.lastIndexOf("confirm-promotion")).toBeGreaterThan(routed);
  });

  it("asks every second tick while it waits", async () => {
    expect(outline(await callsOf("blue-green"))).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200",
      "Progressing: rollback 403, rollout 200",
      "Progressing: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
  });

  it("of one iteration asks pre-rollout again while it waits", async () => {
    expect(outline(await callsOf("blue-green-one"))).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200",
      "Progressing: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, pre-rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 403",
      "WaitingPromotion: rollback 403, pre-rollout 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "WaitingPromotion: rollback 403, rollout 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
  });
});

describe("a mirrored release", () => {
  it("asks for traffic when the mirror starts, and not when users follow", async () => {
    const calls = await callsOf("mirror");
    expect(outline(calls)).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200, confirm-traffic-increase 200",
      "Progressing: rollback 403, rollout 200",
      "Progressing: rollback 403, rollout 200, confirm-traffic-increase 200, confirm-promotion 200",
      "Succeeded: post-rollout 200",
    ]);
    const weights = calls.flatMap(({ metadata }) => /weight \d+$/.exec(metadata["eventMessage"] ?? "") ?? []);
    expect(weights).toEqual(["weight 0", "weight 50"]);
  });
});

describe("a release that fails", () => {
  it("is rolled back in the tick after the last failed check, with traffic until then", async () => {
    const calls = await callsOf("failed");
    expect(outline(calls)).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 403, pre-rollout 200, confirm-traffic-increase 200",
      "Progressing: rollback 403, rollout 403",
      "Progressing: rollback 403, rollout 403",
      "Progressing: rollback 403",
      "Failed: post-rollout 200",
    ]);
    const events = calls.filter(({ hook }) => hook === "event");
    expect(events.map(({ metadata }) => metadata["eventMessage"])).toContain(
      `Rolling back failed.${shop.namespace.name} failed checks threshold reached 2`,
    );
  });

  it("is rolled back before anything else by the rollback hook", async () => {
    const calls = await callsOf("rolled-back");
    expect(outline(calls)).toEqual([
      "Initialized: confirm-rollout 200",
      "Progressing: rollback 200",
      "Failed: post-rollout 200",
    ]);
    // The last event is behind: post-rollout has said Failed.
    expect(calls.at(-1)).toMatchObject({ hook: "event", phase: "Progressing" });
  });
});

describe("a release that another one overtakes", () => {
  it("ends without post-rollout, and the other begins without confirm-rollout", async () => {
    const calls = await callsOf("superseded");
    const [first, second] = checksumsOf(calls, "pre-rollout");
    expect(first).not.toBe(second);
    expect(calls.filter(({ hook }) => hook === "confirm-rollout")).toHaveLength(1);
    expect(calls.filter(({ hook }) => hook === "post-rollout")).toEqual([]);
    const messages = calls.map(({ metadata }) => metadata["eventMessage"]);
    expect(messages).toContain(
      `New revision detected! Restarting analysis for superseded.${shop.namespace.name}`,
    );
  });

  it("has the checksum again that the same image had", async () => {
    const calls = (await callsOf("superseded")).filter(({ hook }) => hook === "pre-rollout");
    const [first] = calls;
    expect(calls.at(-1)?.checksum).toBe(first?.checksum);
    expect(new Set(calls.map(({ checksum }) => checksum)).size).toBe(2);
  });
});

async function callsOf(name: string): Promise<readonly RecordedCall[]> {
  const calls = await ends.get(name);
  if (calls === undefined) throw new Error(`no release ${name}`);
  return calls;
}

function checksumsOf(calls: readonly RecordedCall[], ...hooks: readonly string[]): readonly string[] {
  return [...new Set(calls.filter(({ hook }) => hooks.includes(hook)).map(({ checksum }) => checksum))];
}

function checksumOfEvent(calls: readonly RecordedCall[], start: string): string | undefined {
  return calls.find(({ metadata }) => metadata["eventMessage"]?.startsWith(start))?.checksum;
}
