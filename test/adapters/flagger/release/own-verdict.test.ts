/** A release goes by the verdict on it and by words about it, not by those on another, an earlier one or somebody else's. */
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../../src/store/memory/memory-store.ts";
import { sampleAsker } from "../../../support/sample-entry.ts";
import { specOf } from "../../../support/sample-record.ts";
import { type FlaggerStage, flaggerStage, minute } from "../flagger-stage.ts";

const place = { namespace: "shop", canary: "checkout" };
const confirm = { ...place, hook: "confirm-promotion", by: "ann" } as const;
const first = "flagger.shop.checkout.r1.1";

/** Lets two more analyses end, so that a store of one forgets the release's. */
async function fillStore({ analyses, script }: FlaggerStage): Promise<void> {
  for (const service of ["cart", "search"]) {
    const starting = analyses.start(specOf({ service }));
    await expect.poll(() => script.last.options.spec.service).toBe(service);
    script.last.pass();
    const { id } = await starting;
    await expect.poll(async () => (await analyses.get(id)).result.phase).toBe("done");
  }
}

/** Starts an analysis of another namespace with the id of the release's as its key. */
async function takeKey({ analyses, script }: FlaggerStage): Promise<() => void> {
  const taking = analyses.put(first, specOf({ service: "mine", namespace: "bank" }));
  await expect.poll(() => script.last.options.spec.service).toBe("mine");
  const run = script.last;
  run.look();
  await taking;
  return () => run.pass();
}

describe("somebody else's analysis whose key is the id of the release's", () => {
  const forgetful = () => flaggerStage({ store: createMemoryStore({ maxRecords: 1 }) });

  it("is not taken for it once the store has forgotten that one", async () => {
    const stage = await forgetful();
    await stage.call("pre-rollout");
    await stage.end("fail");
    await fillStore(stage);
    const pass = await takeKey(stage);
    pass();
    await expect.poll(async () => (await stage.analyses.get(first)).result.verdict).toBe("pass");
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    expect(stage.script.last.options.id).toBe("flagger.shop.checkout.r1.2");
  });

  it("is not cancelled with the release", async () => {
    const stage = await forgetful();
    await stage.call("pre-rollout");
    await stage.end("fail");
    await fillStore(stage);
    await takeKey(stage);
    await stage.call("post-rollout", { phase: "Failed" });
    expect((await stage.analyses.get(first)).result.phase).toBe("running");
  });
});

describe("a revision that was promoted by hand and comes back", () => {
  const comeBack = async (stage: FlaggerStage) => {
    await stage.call("post-rollout", { phase: "Succeeded" });
    await stage.forward(minute);
    await stage.call("pre-rollout", { checksum: "r2" });
    await stage.call("post-rollout", { checksum: "r2", phase: "Succeeded" });
    await stage.forward(minute);
  };

  it("waits for its own verdict, or for another word", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.gates.say({ ...confirm, revision: "r1", isOpen: true }, sampleAsker);
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 200 });
    await comeBack(stage);
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 403 });
    await stage.gates.say({ ...confirm, revision: "r1", isOpen: true }, sampleAsker);
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 200 });
  });

  it("meets the wide gate that somebody closed before", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.gates.say({ ...confirm, revision: null, isOpen: false }, sampleAsker);
    await stage.gates.say({ ...confirm, revision: "r1", isOpen: true }, sampleAsker);
    await comeBack(stage);
    await stage.call("pre-rollout");
    await stage.end("pass");
    expect(await stage.call("confirm-promotion")).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^CLOSED: the gate confirm-promotion was closed by ann/),
    });
  });

  it("is not rolled back by the word that rolled it back the last time, from its first call on", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.gates.say({ ...confirm, hook: "rollback", revision: "r1", isOpen: true }, sampleAsker);
    expect(await stage.call("rollback")).toMatchObject({ status: 200 });
    await comeBack(stage);
    expect(await stage.call("rollback")).toMatchObject({ status: 403 });
    await stage.call("pre-rollout");
    expect(await stage.call("rollback")).toMatchObject({ status: 403 });
  });

  it("keeps the word through an analysis that is replaced", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.forward(minute);
    await stage.gates.say({ ...confirm, revision: "r1", isOpen: true }, sampleAsker);
    await stage.forward(minute);
    await stage.call("rollout", { metadata: { duration: "20m" } });
    expect(stage.script.opened).toHaveLength(2);
    expect(await stage.call("confirm-promotion")).toMatchObject({ status: 200 });
  });
});

describe("a Canary that calls once an hour", () => {
  it("is judged once, and hears its verdict", async () => {
    const stage = await flaggerStage();
    await stage.call("pre-rollout");
    await stage.forward(10 * minute);
    await stage.end("fail");
    await stage.forward(50 * minute);
    expect(await stage.call("rollback")).toMatchObject({ status: 200 });
    expect(await stage.call("confirm-traffic-increase")).toMatchObject({ status: 403 });
    expect(stage.script.opened).toHaveLength(1);
  });
});

describe("a closed release that Flagger still waits for", () => {
  it("is judged again, though its calls say WaitingPromotion only", async () => {
    const stage = await flaggerStage({ idleTimeoutMs: 30 * minute });
    const phase = "WaitingPromotion";
    await stage.call("pre-rollout");
    await stage.forward(30 * minute);
    await stage.forward(9_999);
    await stage.call("rollback", { phase });
    expect(stage.script.opened).toHaveLength(1);
    await stage.forward(1);
    await stage.call("rollback", { phase });
    await stage.call("rollback", { phase });
    expect(stage.script.opened).toHaveLength(2);
    await stage.end("fail");
    expect(await stage.call("rollback", { phase })).toMatchObject({ status: 200 });
  });
});
