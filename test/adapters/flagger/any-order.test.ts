import fc from "fast-check";
import { expect, it } from "vitest";
import { hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import type { Gate } from "../../../src/analysis/gates/gate.ts";
import { sampleAsker } from "../../support/sample-entry.ts";
import { type FlaggerStage, flaggerStage, minute } from "./flagger-stage.ts";

const phases = [
  "Initialized",
  "Waiting",
  "Progressing",
  "WaitingPromotion",
  "Promoting",
  "Succeeded",
  "Failed",
  "New",
];
const call = fc.record({
  kind: fc.constant("call" as const),
  hook: fc.constantFrom(...hookTypes),
  phase: fc.oneof({ weight: 3, arbitrary: fc.constant("Progressing") }, fc.constantFrom(...phases)),
  checksum: fc.constantFrom("r1", "r1", "r2", "r3"),
  metadata: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.constantFrom(
      { duration: "20m" },
      { duration: "30m", onInconclusive: "rollback" },
      { onInconclusive: "promote" },
      { holdTimeout: "60000" },
      { spec: "missing" },
      { duration: "soon" },
      { nonsense: "é".repeat(2_000) },
      { eventMessage: "Advance a.b canary weight 40" },
      { eventMessage: "Canary failed! Scaling down a.b" },
    ),
  ),
});
const act = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(call, { minLength: 1, maxLength: 3 })
      .map((calls) => ({ kind: "calls" as const, calls })),
  },
  fc.record({ kind: fc.constant("end" as const), verdict: fc.constantFrom("pass", "fail", "inconclusive") }),
  fc.record({
    kind: fc.constant("pass" as const),
    ms: fc.constantFrom(1_000, 11_000, 5 * minute, 65 * minute),
  }),
  fc.record({
    kind: fc.constant("gate" as const),
    hook: fc.constantFrom(
      null,
      "confirm-rollout",
      "confirm-promotion",
      "confirm-traffic-increase",
      "rollback",
    ),
    revision: fc.constantFrom(null, "r1", "r2"),
    isOpen: fc.boolean(),
  }),
);

type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/** Does it, and answers what the webhooks said. */
async function perform(stage: FlaggerStage, name: string, one: Act) {
  const ofThis = `flagger.shop.${name}.`;
  switch (one.kind) {
    case "calls":
      return await Promise.all(one.calls.map(({ hook, ...sent }) => stage.call(hook, { name, ...sent })));
    case "end":
      if (stage.script.opened.at(-1)?.options.id.startsWith(ofThis))
        await stage.end(one.verdict, "ü".repeat(900));
      return [];
    case "pass":
      await stage.forward(one.ms);
      return [];
    case "gate": {
      const revision = one.hook === "confirm-rollout" ? null : one.revision;
      await stage.gates.say({ ...one, namespace: "shop", canary: name, revision, by: "ann" }, sampleAsker);
      return [];
    }
  }
}

/** Whether the verdict that stands, or a word of somebody, bears out that the hook said yes; true for hooks where nothing has to. */
async function isBorneOut(
  { analyses, releases, gates }: FlaggerStage,
  name: string,
  { hook, checksum }: Call,
) {
  if (hook !== "confirm-promotion" && hook !== "rollback") return true;
  const release = await releases.get("shop", name);
  const since = release?.openedAt ?? 0;
  const isOpened = (gate: Gate) =>
    gate.revision === null ? hook === "rollback" : gate.revision === checksum && Date.parse(gate.at) >= since;
  const words = (await gates.list({ namespace: "shop", canary: name })).filter(
    (gate) => gate.isOpen && (gate.hook === hook || (gate.hook === null && hook !== "rollback")),
  );
  if (words.some(isOpened)) return true;
  if (release === null || release.revision !== checksum || release.analysis === null) return false;
  const { verdict } = (await analyses.get(release.analysis)).result;
  const isPromotion = hook === "confirm-promotion";
  if (verdict !== "inconclusive") return verdict === (isPromotion ? "pass" : "fail");
  return (release.notes["onInconclusive"] === "promote") === isPromotion;
}

async function checkAnswers(stage: FlaggerStage, name: string, one: Act): Promise<void> {
  const answers = await perform(stage, name, one);
  for (const { status, text } of answers) {
    expect([200, 400, 403, 404]).toContain(status);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_024);
    expect(text).toMatch(/^.+$/);
  }
  // Of several at once another may have changed what stands since.
  const [call, ...more] = one.kind === "calls" ? one.calls : [];
  if (call !== undefined && more.length === 0 && answers[0]?.status === 200)
    expect(await isBorneOut(stage, name, call), `${call.hook}: ${answers[0].text}`).toBe(true);
}

it("any order of calls ends in allowed answers that the verdict or a word bears out, and no attempt has two analyses", async () => {
  const stage = await flaggerStage();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 15 }), async (acts) => {
      const name = `c${++runs}`;
      for (const one of acts) await checkAnswers(stage, name, one);
      const ids = stage.script.opened.map(({ options }) => options.id);
      expect(new Set(ids).size).toBe(ids.length);
      const ofThis = ids.filter((id) => id.startsWith(`flagger.shop.${name}.`));
      // Of those that were opened one after another only the last may go on.
      for (const id of ofThis.slice(0, -1))
        expect((await stage.analyses.get(id)).result.phase).not.toBe("running");
      const release = await stage.releases.get("shop", name);
      if (release?.closedAt === null && release.analysis !== null)
        expect(release.analysis).toBe(ofThis.at(-1));
    }),
    { seed: 5, numRuns: 150 },
  );
  expect(stage.script.opened.length).toBeGreaterThan(150);
  expect(stage.log.filter(({ level }) => level === "error")).toEqual([]);
});
