/** What becomes of a release that Coalmine judges behind the real Flagger, by weights and blue-green. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import { badTag, idleTag } from "../../support/pod-metrics/pod-metrics.ts";
import type { Ended } from "../coalmine-process.ts";
import {
  aFifthFails,
  inBackground,
  type JudgedCanary,
  judge,
  type Outcome,
  type OutcomeStage,
  openOutcomeStage,
} from "./outcomes.ts";

const strategies = ["weights", "blue-green"] as const;
type Strategy = (typeof strategies)[number];

/** Blue-green knows no mesh: the application's own counters are read. */
const metadata = { weights: judge, "blue-green": { ...judge, telemetry: "http" } };

let stage: OutcomeStage;
let releases: Readonly<Record<Strategy, ReturnType<typeof releaseAll>>>;

beforeAll(async () => {
  stage = await openOutcomeStage();
  releases = { weights: releaseAll("weights"), "blue-green": releaseAll("blue-green") };
});

afterAll(async () => {
  await Promise.allSettled(Object.values(releases ?? {}).flatMap((all) => Object.values(all)));
  await stage?.close();
});

describe.each(strategies)("a release by %s", (strategy) => {
  it("is promoted at the end of the analysis when it is good", async () => {
    const { phase, image, flagger, coalmine } = await releases[strategy].good;
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(coalmine).toEqual([
      expect.stringMatching(
        /^Normal CoalmineStarted analysis flagger\.\S+\.1 judges good-\S+ by \S+ for 20s$/,
      ),
      expect.stringMatching(/^Normal CoalminePass /),
    ]);
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
  });

  it("is rolled back in the tick after the verdict when it is bad, not by failed checks", async () => {
    const { phase, image, flagger, coalmine } = await releases[strategy].bad;
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(coalmine).toEqual([
      expect.stringMatching(/^Normal CoalmineStarted /),
      expect.stringMatching(new RegExp(`^Warning CoalmineFail ${aFifthFails}`)),
    ]);
    expect(flagger).toContain("Rollback check rollback passed");
    expect(flagger).toContain(`Rolling back ${placeOf("bad", strategy)} manual webhook invoked`);
    // The verdict may come between two hooks of a tick.
    expect(flagger.filter((text) => text.includes("external check")).length).toBeLessThanOrEqual(1);
    expect(flagger.filter((text) => text.includes("Confirm-promotion"))).toEqual([]);
  });

  it("is rolled back by failed checks without a rollback hook, which say why", async () => {
    const { phase, image, flagger } = await releases[strategy].checks;
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    const place = placeOf("checks", strategy);
    const check = `Halt ${place} advancement external check rollout failed FAIL: ${aFifthFails}`;
    expect(flagger.filter((text) => new RegExp(`^${check}`).test(text))).toHaveLength(2);
    expect(flagger).toContain(`Rolling back ${place} failed checks threshold reached 2`);
  });

  it("is held while nobody knows, and promoted by the command that the event tells", async () => {
    const { command, phase, image, flagger, coalmine } = await releases[strategy].held;
    expect(command).toMatchObject({ code: 0, stderr: "" });
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: `shop/checkout:2${idleTag}` });
    const place = placeOf("held", strategy);
    // For more traffic, where Flagger has been slower than the analysis.
    expect(flagger).toContainEqual(
      expect.stringMatching(new RegExp(`^Halt ${place} advancement ${waiting.source}`)),
    );
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
    expect(coalmine).toEqual([
      expect.stringMatching(/^Normal CoalmineStarted /),
      expect.stringMatching(
        /^Warning CoalmineHeld held until \d\d:\d\d UTC, .*; inconclusive: \d+ canary requests /,
      ),
      expect.stringMatching(/^Normal CoalmineOpened the promotion was opened by \S+ at \d{4}-/),
    ]);
  });

  it("is rolled back when the hold is over", async () => {
    const { phase, image, flagger, coalmine } = await releases[strategy].expired;
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(flagger).toContain("Rollback check rollback passed");
    expect(coalmine).toEqual([
      expect.stringMatching(/^Normal CoalmineStarted /),
      expect.stringMatching(/^Warning CoalmineHeld /),
      expect.stringMatching(
        /^Warning CoalmineHoldTimedOut nobody opened the promotion until \d\d:\d\d UTC, so it is rolled back: /,
      ),
    ]);
  });
});

function releaseAll(strategy: Strategy) {
  const begin = (name: string, tag: string, options: Partial<JudgedCanary> = {}) => {
    const canary = { name: `${name}-${strategy}`, strategy, metadata: metadata[strategy], ...options };
    return stage.openAndRelease(stage.judged(canary), `shop/checkout:2${tag}`);
  };
  const end = async (...args: Parameters<typeof begin>): Promise<Outcome> =>
    await (await begin(...args)).end();
  return inBackground({
    good: end("good", ""),
    bad: end("bad", badTag),
    checks: end("checks", badTag, { hooks: hookTypes.filter((type) => type !== "rollback") }),
    expired: end("expired", idleTag, { metadata: { ...metadata[strategy], holdTimeout: "20s" } }),
    held: promoteHeld(() => begin("held", idleTag)),
  });
}

const waiting = /waiting for (?:promotion|traffic increase) approval confirm-/;

/** Does what the event says, as it says it, once Flagger waits for it. */
async function promoteHeld(
  begin: () => ReturnType<OutcomeStage["release"]>,
): Promise<Outcome & { readonly command: Ended }> {
  const release = await begin();
  const event = await release.waitFor("coalmine", /CoalmineHeld/);
  await release.waitFor("flagger", waiting);
  const [, args = ""] = /to promote: coalmine ([^;]+);/.exec(event) ?? [];
  const command = await stage.command(...args.split(" "));
  return { command, ...(await release.end()) };
}

/** As Flagger's events name it. */
function placeOf(name: string, strategy: Strategy): string {
  return `${name}-${strategy}.${stage.namespace.name}`;
}
