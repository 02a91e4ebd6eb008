import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { GateQuestion, Gates } from "../../../../src/analysis/gates/gates.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { createMemoryReleaseStore } from "../../../../src/store/memory/memory-release-store.ts";
import { createMemoryStore } from "../../../../src/store/memory/memory-store.ts";
import { sampleAsker } from "../../../support/sample-entry.ts";
import { chooseByKeys, type FlaggerStage, flaggerStage, minute } from "../flagger-stage.ts";

const said = { metadata: { duration: "20m" } };
const ids = ({ script }: FlaggerStage) => script.opened.map(({ options }) => options.id);
const reasons = ({ told }: FlaggerStage) => told.map(({ reason }) => reason);
const phaseOf = async ({ analyses }: FlaggerStage, id: string) => (await analyses.get(id)).result.phase;
const first = "flagger.shop.checkout.r1.1";

describe("a release that passes", () => {
  it("is opened at its first hook, promoted at its end and closed by post-rollout", async () => {
    const stage = await flaggerStage();
    expect(await stage.call("confirm-rollout", { phase: "Initialized", checksum: "r0" })).toMatchObject({
      status: 200,
    });
    expect(ids(stage)).toEqual([]);
    expect(await stage.call("rollback")).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^NOT JUDGED: no analysis yet/),
    });
    expect(await stage.call("pre-rollout")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^RUNNING/),
    });
    expect(await stage.call("confirm-traffic-increase")).toMatchObject({ status: 200 });
    await stage.forward(5 * minute);
    stage.script.last.look({ reason: { code: "watching", text: "no verdict yet, 6m to go" } });
    expect(await stage.call("rollout")).toMatchObject({ status: 200 });
    expect(await stage.call("confirm-promotion")).toEqual({
      status: 403,
      text: expect.stringMatching(/^RUNNING \(\d+m left\): no verdict yet, 6m to go$/),
    });
    await stage.end("pass", "errors: not worse");
    expect(await stage.call("rollback", { phase: "WaitingPromotion" })).toMatchObject({ status: 403 });
    expect(await stage.call("confirm-promotion")).toEqual({ status: 200, text: "PASS: errors: not worse" });
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 200 });
    expect(await stage.call("post-rollout", { phase: "Succeeded" })).toMatchObject({ status: 200 });
    expect(ids(stage)).toEqual([first]);
    expect(await stage.releases.get("shop", "checkout")).toMatchObject({
      ...{ revision: "r1", attempt: 1, analysis: first, closedAt: stage.clock.now() },
    });
    expect(reasons(stage)).toEqual(["CoalmineStarted", "CoalminePass"]);
  });

  it("says at pre-rollout what is judged, and what of the metadata means nothing; the log has it once", async () => {
    const stage = await flaggerStage();
    const metadata = { service: "web", duration: "10m", thresshold: "s3cret" };
    for (let i = 0; i < 3; i++) {
      const { text } = await stage.call("pre-rollout", { metadata });
      expect(text).toMatch(/: analysis \S+ judges web by istio for 10m; thresshold: unknown key; /);
    }
    expect(stage.log.filter(({ message }) => message.startsWith("pre-rollout: "))).toEqual([
      {
        level: "info",
        fields: { namespace: "shop", name: "checkout", revision: "r1" },
        message: `pre-rollout: analysis ${first} judges web by istio for 10m; thresshold: unknown key`,
      },
    ]);
    expect(stage.told[0]?.message).toBe(
      `analysis ${first} judges web by istio for 10m; thresshold: unknown key`,
    );
  });
});

describe("a release that fails", () => {
  it("is denied with its reason, and rolled back by the next rollback hook", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.end("fail", "errors: canary 8 %,\n baseline 1 %");
    const text = "FAIL: errors: canary 8 %,; baseline 1 %";
    for (const hook of ["pre-rollout", "rollout", "confirm-traffic-increase", "confirm-promotion"] as const)
      expect(await stage.call(hook)).toMatchObject({
        status: 403,
        text: expect.stringContaining("errors: canary 8 %"),
      });
    expect(await stage.call("rollback")).toEqual({ status: 200, text });
    await stage.call("post-rollout", { phase: "Failed" });
    expect(reasons(stage)).toEqual(["CoalmineStarted", "CoalmineFail"]);
    // A failed release does not block its successor.
    expect(await stage.call("confirm-rollout", { phase: "Failed" })).toMatchObject({ status: 200 });
  });

  it("stays a fail whatever gate is opened", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.end("fail");
    const gate = {
      namespace: "shop",
      canary: "checkout",
      hook: "confirm-promotion",
      isOpen: true,
      by: "ann",
    } as const;
    await stage.gates.say({ ...gate, revision: "r1" }, sampleAsker);
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    expect(await stage.call("rollback")).toMatchObject({ status: 200 });
  });

  it("is told before the release closes, though no call has seen it", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.end("fail", "worse");
    await stage.call("post-rollout", { phase: "Failed" });
    expect(stage.told.at(-1)).toEqual({
      type: "Warning",
      reason: "CoalmineFail",
      message: "worse",
      canary: "shop/checkout",
    });
  });
});

describe("a release that stays undecided", () => {
  const undecided = async (metadata = {}) => {
    const stage = await flaggerStage({ idleTimeoutMs: 300 * minute });
    await stage.call("pre-rollout", { metadata });
    await stage.end("inconclusive", "about 900 more requests are needed");
    return stage;
  };

  it("is held, and says until when and how it is promoted", async () => {
    const stage = await undecided();
    const text =
      "HELD until 21:00 UTC: about 900 more requests are needed; to promote: coalmine gate open shop/checkout --hook confirm-promotion --revision r1";
    expect(await stage.call("confirm-promotion")).toEqual({ status: 403, text });
    expect(await stage.call("rollout")).toEqual({ status: 200, text });
    expect(await stage.call("rollback")).toMatchObject({ status: 403 });
    expect(reasons(stage)).toEqual(["CoalmineStarted", "CoalmineHeld"]);
    expect(stage.told[1]).toMatchObject({
      type: "Warning",
      message: expect.stringMatching(
        /^held until 21:00 UTC, then rolled back; to promote: .* --revision r1; inconclusive: about 900/,
      ),
    });
  });

  it("is rolled back when nobody opened it in time", async () => {
    const stage = await undecided({ holdTimeout: String(5 * minute) });
    await stage.forward(5 * minute - 1);
    expect(await stage.call("rollback")).toMatchObject({ status: 403 });
    await stage.forward(1);
    expect(await stage.call("rollback")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^HELD until 20:05 UTC, then rolled back/),
    });
    expect(await stage.call("rollout")).toMatchObject({ status: 403 });
    expect(reasons(stage)).toEqual(["CoalmineStarted", "CoalmineHeld", "CoalmineHoldTimedOut"]);
  });

  it.each([0, 2 * 60 * minute])(
    "is promoted by whoever opens it for this revision, %d ms later too",
    async (later) => {
      const stage = await undecided();
      await stage.call("confirm-promotion");
      await stage.forward(later);
      const gate = {
        namespace: "shop",
        canary: "checkout",
        hook: "confirm-promotion",
        isOpen: true,
      } as const;
      await stage.gates.say({ ...gate, revision: "r0", by: "bob" }, sampleAsker);
      expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
      await stage.gates.say({ ...gate, revision: "r1", by: "ann" }, sampleAsker);
      expect(await stage.call("rollback")).toMatchObject({ status: 403 });
      expect(await stage.call("rollout")).toMatchObject({ status: 200 });
      expect(await stage.call("confirm-traffic-increase")).toMatchObject({ status: 200 });
      expect(await stage.call("confirm-promotion")).toMatchObject({
        status: 200,
        text: expect.stringMatching(
          /^OPENED: the gate confirm-promotion of this revision was opened by ann at 2026-.*; HELD until/,
        ),
      });
      expect(stage.told.at(-1)).toMatchObject({
        type: "Normal",
        reason: "CoalmineOpened",
        message: expect.stringMatching(/by ann at/),
      });
      expect(reasons(stage).filter((reason) => reason === "CoalmineOpened")).toHaveLength(1);
    },
  );

  it("is not told as held where it was opened beforehand", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    const gate = { namespace: "shop", canary: "checkout", hook: "confirm-promotion", isOpen: true } as const;
    await stage.gates.say({ ...gate, revision: "r1", by: "ann" }, sampleAsker);
    await stage.end("inconclusive");
    for (const hook of ["rollback", "rollout", "confirm-promotion"] as const) await stage.call(hook);
    expect(reasons(stage)).toEqual(["CoalmineStarted", "CoalmineOpened"]);
  });

  it("is rolled back or promoted where the metadata says so", async () => {
    const back = await undecided({ onInconclusive: "rollback" });
    expect(await back.call("rollback")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^INCONCLUSIVE, so rolled back: about 900/),
    });
    expect(reasons(back)).toEqual(["CoalmineStarted", "CoalmineInconclusive"]);
    const on = await undecided({ onInconclusive: "promote" });
    expect(await on.call("rollback")).toMatchObject({ status: 403 });
    expect(await on.call("confirm-promotion")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^INCONCLUSIVE, promoted all the same: /),
    });
  });
});

describe("gates", () => {
  const word = {
    namespace: "shop",
    canary: "checkout",
    hook: null,
    revision: null,
    isOpen: false,
    by: "ann",
  };

  it("that are closed deny the confirm hooks only", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.end("pass");
    await stage.gates.say(word, sampleAsker);
    for (const hook of ["confirm-rollout", "confirm-traffic-increase", "confirm-promotion"] as const)
      expect(await stage.call(hook)).toMatchObject({
        status: 403,
        text: expect.stringMatching(
          /^CLOSED: the gate of every hook was closed by ann at 2026-.*; to open: coalmine gate open shop\/checkout/,
        ),
      });
    for (const hook of ["pre-rollout", "rollout"] as const)
      expect(await stage.call(hook)).toMatchObject({ status: 200 });
    await stage.gates.say({ ...word, isOpen: true }, sampleAsker);
    expect(await stage.call("confirm-rollout")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^OPENED: /),
    });
  });

  it("are asked for the revision, but at confirm-rollout, which carries the checksum of the one before", async () => {
    const asked: GateQuestion[] = [];
    const standing: Gates["standing"] = async (question) => {
      asked.push(question);
      return null;
    };
    const { gates } = await flaggerStage();
    const stage = await flaggerStage({ gates: { ...gates, standing } });
    await stage.call("confirm-rollout", { phase: "Waiting", checksum: "r0" });
    await stage.call("confirm-promotion");
    const canary = { namespace: "shop", canary: "checkout" };
    expect(asked.slice(0, 2)).toEqual([
      { ...canary, hook: "confirm-rollout", revision: null },
      { ...canary, hook: "confirm-promotion", revision: "r1", openedSince: 0 },
    ]);
  });

  it("roll back at once where the rollback gate is open, whatever is wrong with the hook", async () => {
    const stage = await flaggerStage();
    await stage.gates.say({ ...word, hook: "rollback", isOpen: true }, sampleAsker);
    for (const metadata of [{}, { spec: "missing" }])
      expect(await stage.call("rollback", { metadata })).toEqual({
        status: 200,
        text: expect.stringMatching(/^OPENED: the gate rollback was opened by ann/),
      });
  });
});

describe("which hook decides what is judged", () => {
  it("is the first that says something; rollback comes before it and only notes the revision", async () => {
    const stage = await flaggerStage();
    await stage.call("rollback");
    await stage.call("pre-rollout", said);
    await stage.call("rollback");
    await stage.call("confirm-promotion");
    expect(ids(stage)).toEqual([first]);
    expect(stage.script.last.options.spec.durationMs).toBe(20 * minute);
  });

  it("is rollback where it says something itself, or nothing came after it", async () => {
    const saying = await flaggerStage();
    await saying.call("rollback", said);
    expect(ids(saying)).toEqual([first]);
    const alone = await flaggerStage();
    await alone.call("rollback");
    await alone.call("rollback");
    expect(ids(alone)).toEqual([first]);
  });

  it("replaces what was opened by defaults", async () => {
    const stage = await flaggerStage();
    await stage.call("confirm-traffic-increase");
    await stage.call("rollout", said);
    expect(ids(stage)).toEqual([first, "flagger.shop.checkout.r1.2"]);
    await expect.poll(() => phaseOf(stage, first)).toBe("cancelled");
    expect(stage.script.last.options.spec.durationMs).toBe(20 * minute);
    await stage.call("rollout", said);
    expect(ids(stage)).toHaveLength(2);
  });

  it("stays the first when a later one says something else, which is told so", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout", said);
    for (let i = 0; i < 2; i++) {
      expect(await stage.call("rollout", { metadata: { duration: "30m" } })).toMatchObject({
        status: 200,
        text: expect.stringMatching(
          /^RUNNING \(\d+m left\): this hook's metadata asks for something else than what runs, which stays; /,
        ),
      });
    }
    expect((await stage.call("rollout", said)).text).not.toMatch(/something else/);
    expect(ids(stage)).toEqual([first]);
    expect(stage.log.filter(({ level }) => level === "warn")).toHaveLength(1);
  });
});

describe("a spec that cannot be had", () => {
  it.each([
    [{ spec: "missing" }, 404, /^no spec is called "missing"/],
    [{ duration: "soon" }, 400, /duration/],
    [{ source: "defualt" }, 400, /"defualt".*default/],
  ])("%j is denied with its fault, and nothing is stored or started", async (metadata, status, text) => {
    const stage = await flaggerStage();
    for (const hook of [
      "pre-rollout",
      "rollout",
      "confirm-traffic-increase",
      "confirm-promotion",
      "rollback",
    ] as const)
      expect(await stage.call(hook, { metadata })).toMatchObject({
        status,
        text: expect.stringMatching(text),
      });
    expect(ids(stage)).toEqual([]);
    expect(await stage.releases.get("shop", "checkout")).toBeNull();
    expect(stage.log.filter(({ level }) => level === "error")).toEqual([]);
    // Once for each hook's text.
    expect(new Set(reasons(stage))).toEqual(new Set(["CoalmineMisconfigured"]));
    const before = stage.told.length;
    await stage.call("rollout", { metadata });
    expect(stage.told).toHaveLength(before);
  });

  it("at the rollback hook alone does not hide a fail", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout", said);
    const faulty = { metadata: { spec: "missing" } };
    expect(await stage.call("rollback", faulty)).toMatchObject({ status: 403 });
    await stage.end("fail");
    expect(await stage.call("rollback", faulty)).toMatchObject({ status: 200, text: "FAIL: fail it is" });
    expect(reasons(stage)).toContain("CoalmineMisconfigured");
  });

  it("that could be had when the release began does not end it: only new metadata is a new fault", async () => {
    let isBroken = false;
    const stage = await flaggerStage({
      chooseSpec: async (call) => {
        if (isBroken) throw new CoalmineError("invalid-spec", "strict.yaml: no YAML");
        return await chooseByKeys(call);
      },
    });
    await stage.call("pre-rollout", said);
    isBroken = true;
    expect(await stage.call("rollout", said)).toMatchObject({ status: 200 });
    expect(await stage.call("rollout", { metadata: { duration: "30m" } })).toMatchObject({ status: 400 });
    expect(stage.told.at(-1)).toMatchObject({
      reason: "CoalmineMisconfigured",
      message: "rollout: strict.yaml: no YAML",
    });
  });

  it("does not concern the hooks that judge nothing", async () => {
    const stage = await flaggerStage();
    for (const hook of ["confirm-rollout", "post-rollout", "event"] as const)
      expect(await stage.call(hook, { metadata: { spec: "missing" } })).toMatchObject({ status: 200 });
  });
});

describe("too many analyses", () => {
  const full = (metadata = {}) =>
    flaggerStage({ limits: { maxRunning: 0 } }).then(async (stage) => {
      expect(await stage.call("pre-rollout", { metadata })).toMatchObject({
        status: 200,
        text: expect.stringMatching(/^NOT JUDGED: 0 analyses run/),
      });
      return stage;
    });

  it("are no reason to fail a check, but none to shift traffic", async () => {
    const stage = await full();
    expect(await stage.call("rollout")).toMatchObject({ status: 200 });
    expect(await stage.call("confirm-traffic-increase")).toMatchObject({ status: 403 });
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    expect(await stage.call("rollback")).toMatchObject({ status: 403 });
    expect(stage.log.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("end inconclusive after ten minutes, by what the metadata says of that", async () => {
    const stage = await full();
    await stage.forward(10 * minute);
    expect(await stage.call("confirm-promotion")).toMatchObject({
      status: 403,
      text: expect.stringMatching(
        /^HELD until 21:10 UTC: no analysis could be opened for 10m: 0 analyses run/,
      ),
    });
    const back = await full({ onInconclusive: "rollback" });
    await back.forward(10 * minute);
    expect(await back.call("rollback")).toMatchObject({ status: 200 });
  });

  it("are tried again at each call, with what was asked for before", async () => {
    const stage = await flaggerStage({ limits: { maxRunning: 1 } });
    await stage.call("pre-rollout", { name: "other" });
    await stage.call("pre-rollout", said);
    expect(ids(stage)).toHaveLength(1);
    await stage.end("pass");
    await stage.call("rollback");
    expect(ids(stage)).toEqual(["flagger.shop.other.r1.1", first]);
    expect(stage.script.last.options.spec.durationMs).toBe(20 * minute);
  });
});

describe("a new revision", () => {
  it("supersedes the one before, whose analysis ends", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    expect(await stage.call("rollback", { checksum: "r2" })).toMatchObject({ status: 403 });
    await expect.poll(() => phaseOf(stage, first)).toBe("cancelled");
    await stage.call("pre-rollout", { checksum: "r2" });
    expect(ids(stage)).toEqual([first, "flagger.shop.checkout.r2.2"]);
  });

  it("is not undone by a call of the old one that was under way", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.call("pre-rollout", { checksum: "r2" });
    await stage.forward(9_999);
    expect(await stage.call("rollout")).toEqual({ status: 200, text: "SUPERSEDED: superseded by r2" });
    for (const hook of ["confirm-promotion", "confirm-traffic-increase", "rollback"] as const)
      expect(await stage.call(hook)).toMatchObject({
        status: 403,
        text: expect.stringMatching(/superseded by r2/),
      });
    await stage.call("post-rollout");
    expect((await stage.releases.get("shop", "checkout"))?.closedAt).toBeNull();
    expect(ids(stage)).toHaveLength(2);
    await stage.forward(1);
    await stage.call("rollout");
    expect(ids(stage)).toEqual([first, "flagger.shop.checkout.r2.2", "flagger.shop.checkout.r1.3"]);
  });

  it("that is the old one once more begins at its pre-rollout at once", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.call("pre-rollout", { checksum: "r2" });
    await stage.call("pre-rollout", { checksum: "r1" });
    expect(ids(stage)).toEqual([first, "flagger.shop.checkout.r2.2", "flagger.shop.checkout.r1.3"]);
  });
});

describe("the end of a release", () => {
  it.each(["Canary failed! Scaling down web.shop", "Promotion completed! Scaling down web.shop"])(
    "is told by the event %j too, and cancels what runs",
    async (eventMessage) => {
      const stage = await flaggerStage();
      await stage.call("pre-rollout");
      await stage.call("event", { checksum: "r0", metadata: { eventMessage } });
      expect((await stage.releases.get("shop", "checkout"))?.closedAt).toBeNull();
      await stage.call("event", { metadata: { eventMessage } });
      expect((await stage.releases.get("shop", "checkout"))?.closedAt).not.toBeNull();
      await expect.poll(() => phaseOf(stage, first)).toBe("cancelled");
      await stage.call("event", { metadata: { eventMessage } });
      await stage.call("post-rollout", { phase: "Failed" });
      expect(ids(stage)).toHaveLength(1);
    },
  );

  it("is no end of the revision: in phase Progressing it begins again, by a late call otherwise not", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.call("post-rollout", { phase: "Succeeded" });
    for (const phase of ["Succeeded", "Promoting", "Finalising", "WaitingPromotion"])
      expect(await stage.call("rollback", { phase })).toMatchObject({
        status: 403,
        text: expect.stringMatching(/^NOT JUDGED: no analysis: /),
      });
    expect(ids(stage)).toHaveLength(1);
    await stage.call("pre-rollout");
    expect(ids(stage)).toEqual([first, "flagger.shop.checkout.r1.2"]);
  });

  it("comes by itself after a single call too", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.forward(360 * minute);
    expect((await stage.releases.get("shop", "checkout"))?.closedAt).not.toBeNull();
  });

  it("comes by itself when nothing calls for six hours", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.forward(359 * minute);
    await stage.call("rollout");
    await stage.forward(359 * minute);
    expect((await stage.releases.get("shop", "checkout"))?.closedAt).toBeNull();
    await stage.forward(minute);
    expect((await stage.releases.get("shop", "checkout"))?.closedAt).not.toBeNull();
    await expect.poll(() => phaseOf(stage, first)).toBe("cancelled");
  });
});

describe("a call while idle releases are being closed", () => {
  it("keeps its own open", async () => {
    const store = createMemoryReleaseStore();
    const slow = Promise.withResolvers<void>();
    const put: typeof store.put = async (record) => {
      if (record.closedAt !== null) await slow.promise;
      await store.put(record);
    };
    const stage = await flaggerStage({ releases: { ...store, put } });
    await stage.call("pre-rollout", { name: "a" });
    await stage.call("pre-rollout", { name: "b" });
    await stage.forward(360 * minute);
    await stage.call("rollout", { name: "b" });
    slow.resolve();
    await stage.forward(0);
    expect((await store.get("shop", "a"))?.closedAt).not.toBeNull();
    expect((await store.get("shop", "b"))?.closedAt).toBeNull();
  });
});

describe("the weight", () => {
  const advance = (weight: number) => ({
    metadata: { eventMessage: `Advance checkout.shop canary weight ${weight}` },
  });

  it("reaches the analysis that runs, and the one that takes its place", async () => {
    const stage = await flaggerStage();
    await stage.call("confirm-traffic-increase");
    expect(await stage.call("event", advance(20))).toEqual({ status: 200, text: "heard" });
    const weightAfterALook = async () => {
      stage.script.last.look();
      await nextTurn();
      return stage.script.last.options.weight?.();
    };
    expect(await weightAfterALook()).toBe(20);
    await stage.call("rollout", said);
    expect(stage.script.opened).toHaveLength(2);
    expect(await weightAfterALook()).toBe(20);
    await stage.call("event", { metadata: { eventMessage: "Routing all traffic to canary" } });
    expect(await weightAfterALook()).toBe(100);
  });
});

describe("the source", () => {
  it("that is away is told when it goes and when it is back, and its text is in the answers", async () => {
    let message: string | null = null;
    const stage = await flaggerStage({
      wrap: (analyses) => ({
        ...analyses,
        async get(id) {
          const record = await analyses.get(id);
          const sourceAway = message === null ? null : { since: 0, message };
          return record.state === null ? record : { ...record, state: { ...record.state, sourceAway } };
        },
      }),
    });
    await stage.call("pre-rollout");
    stage.script.last.look();
    await stage.call("rollout");
    for (message of ["connection refused", "connection refused", null, null, "timeout"])
      await stage.call("rollout");
    expect(stage.told.slice(1)).toEqual([
      {
        type: "Warning",
        reason: "CoalmineSourceAway",
        message: "the metrics source is away: connection refused",
        canary: "shop/checkout",
      },
      {
        type: "Normal",
        reason: "CoalmineSourceBack",
        message: "the metrics source answers again",
        canary: "shop/checkout",
      },
      expect.objectContaining({ message: "the metrics source is away: timeout" }),
    ]);
    // The running analysis says it itself.
    stage.script.last.look({ reason: { code: "watching", text: "waiting for the metrics source: timeout" } });
    await stage.forward(0);
    expect(await stage.call("rollout")).toMatchObject({
      status: 200,
      text: expect.stringContaining("waiting for the metrics source: timeout"),
    });
  });
});

describe("a restart", () => {
  it("loses what only memory kept, says so, and opens it anew", async () => {
    const releases = createMemoryReleaseStore();
    const before = await flaggerStage({ releases });
    await before.call("pre-rollout", said);
    const stage = await flaggerStage({ releases });
    expect(await stage.api.resume()).toBe(1);
    expect(stage.log).toMatchObject([
      { level: "warn", fields: { analysis: first }, message: expect.stringMatching(/is lost/) },
    ]);
    expect(await stage.call("rollback")).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^NOT JUDGED/),
    });
    expect(await stage.call("rollout", said)).toMatchObject({
      status: 200,
      text: expect.stringMatching(
        /opened anew: analysis flagger\.shop\.checkout\.r1\.1 was lost in a restart; /,
      ),
    });
    expect(ids(stage)).toEqual(["flagger.shop.checkout.r1.2"]);
    expect((await stage.call("rollout", said)).text).not.toMatch(/anew/);
    expect(stage.told[0]?.message).toMatch(/lost in a restart/);
  });

  it("goes on with what the stores kept, weight and told events too", async () => {
    const releases = createMemoryReleaseStore();
    const store = createMemoryStore({ maxRecords: 10 });
    const before = await flaggerStage({ releases, store });
    await before.call("pre-rollout", said);
    await before.call("event", { metadata: { eventMessage: "Advance checkout.shop canary weight 35" } });
    before.api.close();
    await before.analyses.close();
    const stage = await flaggerStage({ releases, store });
    await stage.analyses.resume();
    await stage.api.resume();
    expect(stage.script.last.options.weight?.()).toBe(35);
    await stage.end("fail");
    expect(await stage.call("rollback")).toMatchObject({ status: 200 });
    expect(ids(stage)).toEqual([first]);
    expect(reasons(stage)).toEqual(["CoalmineFail"]);
  });

  it("answers from what is known while the server drains, and opens nothing", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    stage.api.close();
    await stage.analyses.close();
    expect(await stage.call("rollout")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^RUNNING/),
    });
    expect(await stage.call("pre-rollout", { checksum: "r2" })).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^NOT JUDGED: the server is shutting down/),
    });
    expect(await stage.call("confirm-promotion", { name: "other" })).toMatchObject({
      status: 403,
      text: expect.stringMatching(/shutting down/),
    });
    expect(ids(stage)).toEqual([first]);
  });
});

describe("two servers over one store", () => {
  const twoServers = async (options = {}) => {
    const shared = {
      releases: createMemoryReleaseStore(),
      store: createMemoryStore({ maxRecords: 10 }),
      isShared: true,
      ...options,
    };
    return { ...shared, one: await flaggerStage(shared), other: await flaggerStage(shared) };
  };

  it("follow one release, whichever of them is called", async () => {
    const { one, other } = await twoServers();
    await one.call("pre-rollout", said);
    await other.call("rollout", said);
    await one.call("event", { metadata: { eventMessage: "Advance checkout.shop canary weight 35" } });
    expect((await other.analyses.list({ limit: 10 })).map(({ id }) => id)).toEqual([first]);
    await one.end("fail");
    expect(await other.call("rollback")).toMatchObject({ status: 200 });
    await one.call("confirm-promotion");
    expect([...reasons(one), ...reasons(other)].toSorted()).toEqual(["CoalmineFail", "CoalmineStarted"]);
    await other.call("post-rollout", { phase: "Failed" });
    expect((await one.releases.get("shop", "checkout"))?.closedAt).not.toBeNull();
    expect((await one.call("rollout", { checksum: "r2" })).text).toMatch(/^RUNNING/);
    expect((await other.call("rollout", { checksum: "r2" })).text).toMatch(/^RUNNING/);
    expect((await other.analyses.list({ limit: 10 })).length).toBe(2);
  });

  it("do not close what another is called for", async () => {
    const { one, other, releases } = await twoServers({ idleTimeoutMs: 80 * minute });
    await one.call("pre-rollout", said);
    await other.call("rollout", said);
    for (let call = 0; call < 6; call++) {
      await one.forward(30 * minute);
      await other.forward(30 * minute);
      await other.call("rollout", said);
    }
    expect((await releases.get("shop", "checkout"))?.closedAt).toBeNull();
    for (let waited = 0; waited < 4; waited++) await one.forward(30 * minute);
    expect((await releases.get("shop", "checkout"))?.closedAt).not.toBeNull();
  });
});

describe("at the same time", () => {
  it("any number of calls open one analysis", async () => {
    const stage = await flaggerStage();
    const hooks = ["pre-rollout", "rollout", "confirm-promotion", "rollback"] as const;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => stage.call(hooks[i % 4] ?? "rollout", said)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(ids(stage)).toEqual([first]);
  });

  it("a store of releases that fails does not hold up a rollout", async () => {
    const releases = createMemoryReleaseStore();
    const broken = {
      ...releases,
      put: () => Promise.reject(new CoalmineError("source-unavailable", "no disk")),
    };
    const stage = await flaggerStage({ releases: broken });
    await stage.call("pre-rollout");
    await stage.end("pass");
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 200 });
    expect(
      stage.log.some(({ level, message }) => level === "error" && message === "a release was not kept"),
    ).toBe(true);
  });

  it("an id that an earlier store gave out is not taken for this release's", async () => {
    const store = createMemoryStore({ maxRecords: 10 });
    const before = await flaggerStage({ store });
    await before.call("pre-rollout");
    await before.end("fail");
    const stage = await flaggerStage({ store });
    await stage.forward(minute);
    expect(await stage.call("pre-rollout")).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^RUNNING/),
    });
    expect(ids(stage)).toEqual(["flagger.shop.checkout.r1.2"]);
  });
});
