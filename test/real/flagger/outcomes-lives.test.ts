/** What becomes of releases by the other strategies, of what nobody can know, and of one release after another. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { badTag, idleTag, unseenTag } from "../../support/pod-metrics/pod-metrics.ts";
import {
  aFifthFails,
  inBackground,
  type JudgedCanary,
  judge,
  type Outcome,
  type OutcomeStage,
  openOutcomeStage,
  type Release,
} from "./outcomes.ts";

let stage: OutcomeStage;
let lives: ReturnType<typeof liveAll>;

beforeAll(async () => {
  stage = await openOutcomeStage();
  lives = liveAll();
});

afterAll(async () => {
  await Promise.allSettled(Object.values(lives ?? {}));
  await stage?.close();
});

describe.each(["headers", "mirror"] as const)("a release by %s", (strategy) => {
  it("is promoted when it is good", async () => {
    const { phase, image, coalmine } = await lives[`${strategy}-good`];
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(coalmine.at(-1)).toMatch(/^Normal CoalminePass /);
  });

  it("is rolled back by the rollback hook when it is bad", async () => {
    const { phase, image, flagger, coalmine } = await lives[`${strategy}-bad`];
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(flagger).toContain("Rollback check rollback passed");
    expect(coalmine.at(-1)).toMatch(new RegExp(`^Warning CoalmineFail ${aFifthFails}`));
  });
});

describe("a release that cannot be judged", () => {
  it("is held when there is no data, and promoted by nobody", async () => {
    const { phase, image, coalmine, flagger } = await lives.unseen;
    expect(["WaitingPromotion", "Progressing"]).toContain(phase);
    expect(image).toBe("shop/checkout:1");
    expect(coalmine.at(-1)).toMatch(
      /^Warning CoalmineHeld held until .*; inconclusive: errors: no canary samples from /,
    );
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
  });

  it("is rolled back at once where the metadata says so", async () => {
    const { phase, coalmine } = await lives["rolled-back"];
    expect(phase).toBe("Failed");
    expect(coalmine.at(-1)).toMatch(/^Warning CoalmineInconclusive rolled back: \d+ canary requests /);
  });

  it("is promoted all the same where the metadata says so", async () => {
    const { phase, image, coalmine } = await lives.promoted;
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: `shop/checkout:2${idleTag}` });
    expect(coalmine.at(-1)).toMatch(/^Warning CoalmineInconclusive promoted all the same: \d+ canary /);
  });
});

describe("a revision that another one overtakes", () => {
  it("is judged no longer, and the other is judged from the start", async () => {
    const { phase, image, coalmine, first } = await lives.superseded;
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:3" });
    expect(coalmine).toEqual([
      expect.stringMatching(/^Normal CoalmineStarted analysis flagger\.\S+\.2 judges /),
      expect.stringMatching(/^Normal CoalminePass /),
    ]);
    expect(first).toMatchObject({ phase: "cancelled", verdict: "inconclusive" });
  });
});

describe("one release after another", () => {
  it("is asked nothing for the first deployment", async () => {
    const { coalmine, analyses } = await lives.deployed;
    expect(coalmine).toEqual([]);
    expect(analyses).toEqual([]);
  });

  it("is judged by itself: a failed one holds up no other, and comes back to another analysis", async () => {
    const { failed, other, again } = await lives.successive;
    expect([failed, other, again].map(({ phase, image }) => `${phase} ${image}`)).toEqual([
      "Failed shop/checkout:1",
      "Succeeded shop/checkout:3",
      "Failed shop/checkout:3",
    ]);
    const [first, second, third] = [failed, other, again].map(analysisOf);
    expect([first?.attempt, second?.attempt, third?.attempt]).toEqual(["1", "2", "3"]);
    expect(third?.revision).toBe(first?.revision);
    expect(third?.revision).not.toBe(second?.revision);
    expect(again.coalmine.at(-1)).toMatch(new RegExp(`^Warning CoalmineFail ${aFifthFails}`));
  });

  it("waits at a closed gate, and goes on when it is opened", async () => {
    const { commands, waited, phase, image, flagger } = await lives.gated;
    expect(commands.map(({ code }) => code)).toEqual([0, 0]);
    expect(waited).toEqual([]);
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    const place = `gated.${stage.namespace.name}`;
    expect(flagger).toContain(`Halt ${place} advancement waiting for approval confirm-rollout`);
  });
});

it("the weights that Flagger tells are known", async () => {
  await lives["mirror-good"];
  const weights = stage.coalmine
    .log()
    .split("\n")
    .filter((line) => line.includes('"name":"mirror-good"'))
    .flatMap((line) => /"weight":(\d+)/.exec(line)?.[1] ?? []);
  expect(weights).toEqual(["0", "50"]);
});

function liveAll() {
  const begin = (options: JudgedCanary, tag = "") =>
    stage.openAndRelease(stage.judged(options), `shop/checkout:2${tag}`);
  const end = async (...args: Parameters<typeof begin>): Promise<Outcome> =>
    await (await begin(...args)).end();
  const weights = (name: string, metadata = {}) =>
    ({ name, strategy: "weights", metadata: { ...judge, ...metadata } }) as const;
  return inBackground({
    "headers-good": end({ name: "headers-good", strategy: "headers" }),
    "headers-bad": end({ name: "headers-bad", strategy: "headers" }, badTag),
    "mirror-good": end({ name: "mirror-good", strategy: "mirror" }),
    "mirror-bad": end({ name: "mirror-bad", strategy: "mirror" }, badTag),
    unseen: heldForGood(() => begin(weights("unseen"), unseenTag)),
    "rolled-back": end(weights("rolled-back", { onInconclusive: "rollback" }), idleTag),
    promoted: end(weights("promoted", { onInconclusive: "promote" }), idleTag),
    // Flagger overtakes it two ticks after its analysis has begun, or more.
    superseded: supersede(() => begin(weights("superseded", { duration: "60s" }))),
    deployed: deploy(weights("deployed")),
    successive: releaseThrice(weights("successive")),
    gated: gate(weights("gated")),
  });
}

/** Waits until Flagger waits for a word. */
async function heldForGood(begin: () => Promise<Release>) {
  const release = await begin();
  await release.waitFor("coalmine", /CoalmineHeld/);
  // For more traffic, where Flagger has been slower than the analysis.
  await release.waitFor("flagger", /waiting for (?:promotion|traffic increase) approval/);
  const { status } = await release.canary.read();
  const image = await release.canary.primaryImage();
  return { phase: status.phase, image, coalmine: release.told("coalmine"), flagger: release.told("flagger") };
}

async function supersede(begin: () => Promise<Release>) {
  const overtaken = await begin();
  const id = analysisOf({ coalmine: [await overtaken.waitFor("coalmine", /CoalmineStarted/)] }).id;
  const outcome = await (await stage.release(overtaken.canary, "shop/checkout:3")).end();
  const response = await fetch(`${stage.coalmine.url}/v1/analyses/${id}`);
  return { ...outcome, first: await response.json() };
}

async function deploy(options: JudgedCanary) {
  const canary = await stage.open(stage.judged(options));
  await canary.read();
  const response = await fetch(`${stage.coalmine.url}/v1/analyses`);
  const { analyses } = listSchema.parse(await response.json());
  const events = await stage.namespace.events(`Canary/${options.name}`);
  return {
    coalmine: events.filter(({ from }) => from === "coalmine"),
    analyses: analyses.filter(({ service }) => service === options.name),
  };
}

async function releaseThrice(options: JudgedCanary) {
  const first = await stage.openAndRelease(stage.judged(options), `shop/checkout:2${badTag}`);
  const { canary } = first;
  const failed = await first.end();
  const other = await (await stage.release(canary, "shop/checkout:3")).end();
  const again = await (await stage.release(canary, `shop/checkout:2${badTag}`)).end();
  return { failed, other, again };
}

async function gate(options: JudgedCanary) {
  const canary = await stage.open(stage.judged(options));
  const place = `${stage.namespace.name}/${options.name}`;
  const closed = await stage.command("gate", "close", place, "--hook", "confirm-rollout");
  const release = await stage.release(canary, "shop/checkout:2");
  await canary.waitForPhase("Waiting", 120);
  await release.waitFor("flagger", /waiting for approval confirm-rollout/);
  const waited = release.told("coalmine");
  const opened = await stage.command("gate", "open", place, "--hook", "confirm-rollout");
  return { commands: [closed, opened], waited, ...(await release.end()) };
}

/** Which analysis the events of a release name; a late one of the release before may stand among them. */
function analysisOf({ coalmine }: Pick<Outcome, "coalmine">) {
  const judges = /CoalmineStarted analysis (flagger\.[\w-]+\.[\w-]+\.(\w+)\.(\d+)) judges/;
  const [, id = "", revision, attempt] = judges.exec(coalmine.join("\n")) ?? [];
  return { id, revision, attempt };
}

const listSchema = z.looseObject({ analyses: z.array(z.looseObject({ service: z.string() })) });
