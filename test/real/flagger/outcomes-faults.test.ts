/** What becomes of releases while Coalmine or its Prometheus is away. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import { badTag } from "../../support/pod-metrics/pod-metrics.ts";
import { inBackground, type JudgedCanary, judge, type OutcomeStage, openOutcomeStage } from "./outcomes.ts";

const password = "hunter2-in-the-url";

let stages: readonly OutcomeStage[] = [];
let faults: ReturnType<typeof beginAll>;

beforeAll(async () => {
  // People are told soon that the source is away.
  const soon = { retryBudgetMs: 1_000 };
  const [server, prometheus] = await Promise.all([openOutcomeStage(), openOutcomeStage(soon)]);
  stages = [server, prometheus];
  faults = beginAll(server, prometheus);
});

afterAll(async () => {
  await Promise.allSettled(Object.values(faults ?? {}));
  await Promise.all(stages.map((stage) => stage.close()));
});

describe("while Coalmine is away", () => {
  it("the rollout hook fails checks, and the analysis goes on when it is back", async () => {
    const { checked } = await faults.server;
    const { phase, image, flagger, coalmine } = await checked.end();
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(flagger).toContainEqual(
      expect.stringMatching(
        /^Halt checked\.\S+ advancement external check rollout failed POST \S+ giving up after 1 attempt/,
      ),
    );
    // Flagger names the URL there.
    expect(flagger.filter((text) => text.includes(password))).toEqual([]);
    expect(coalmine).toEqual([
      expect.stringMatching(/^Normal CoalmineStarted /),
      expect.stringMatching(/^Normal CoalminePass /),
    ]);
  });

  it("the confirm hooks hold without a failed check", async () => {
    const { confirmed } = await faults.server;
    const { phase, image, flagger } = await confirmed.end();
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(flagger).toContainEqual(expect.stringMatching(/^Halt confirmed\.\S+ advancement waiting /));
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
  });

  it("a release that begins waits, and is judged as any other", async () => {
    const { bad, waits } = await faults.server;
    expect(waits).toBe("Waiting");
    const { phase, image, coalmine } = await bad.end();
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(coalmine.at(-1)).toMatch(/^Warning CoalmineFail /);
  });
});

describe("while its Prometheus is away", () => {
  it("no check fails, and a good release is promoted once it is back", async () => {
    const { good } = await faults.prometheus;
    const { phase, image, flagger, coalmine } = await good.end();
    expect({ phase, image }).toEqual({ phase: "Succeeded", image: "shop/checkout:2" });
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
    // It may come and go more than once: it has much to do when it is back.
    expect(coalmine.map((text) => text.split(" ")[1]).join(" ")).toMatch(
      /^CoalmineStarted( CoalmineSourceAway CoalmineSourceBack)+ CoalminePass$/,
    );
    expect(coalmine).toContainEqual(
      expect.stringMatching(/^Warning CoalmineSourceAway the metrics source is away: /),
    );
    expect(coalmine).toContain("Normal CoalmineSourceBack the metrics source answers again");
  });

  it("a bad release is rolled back once it is back", async () => {
    const { bad } = await faults.prometheus;
    const { phase, image, flagger, coalmine } = await bad.end();
    expect({ phase, image }).toEqual({ phase: "Failed", image: "shop/checkout:1" });
    expect(flagger.filter((text) => text.includes("external check"))).toEqual([]);
    expect(coalmine).toContainEqual(expect.stringMatching(/^Warning CoalmineSourceAway /));
    expect(coalmine.at(-1)).toMatch(/^Warning CoalmineFail /);
  });
});

function beginAll(server: OutcomeStage, prometheus: OutcomeStage) {
  return inBackground({ server: killServer(server), prometheus: pausePrometheus(prometheus) });
}

/** Ends the server as a lost node does while releases are on their way, and starts it again when Flagger has missed it. */
async function killServer(stage: OutcomeStage) {
  const open = (name: string, options: Partial<JudgedCanary> = {}) =>
    stage.open(stage.judged({ name, strategy: "weights", analysis: { threshold: 50 }, ...options }));
  const hooks = hookTypes.filter((type) => type !== "rollout");
  const [whole, gates, begun] = await Promise.all([
    open("checked", { password }),
    open("confirmed", { hooks }),
    open("begun"),
  ]);
  const [checked, confirmed] = await Promise.all([
    stage.release(whole, "shop/checkout:2"),
    stage.release(gates, "shop/checkout:2"),
  ]);
  await Promise.all([checked, confirmed].map((release) => release.waitFor("flagger", /canary weight 25/)));
  // What is not written yet would be lost.
  await Promise.all([checked, confirmed].map((release) => release.waitFor("coalmine", /CoalmineStarted/)));
  await stage.coalmine.kill();
  const [bad] = await Promise.all([
    stage.release(begun, `shop/checkout:2${badTag}`),
    checked.waitFor("flagger", /external check rollout failed/),
    confirmed.waitFor("flagger", /advancement waiting/),
  ]);
  const waits = (await begun.read()).status.phase;
  await stage.coalmine.start();
  return { checked, confirmed, bad, waits };
}

/** Freezes it when a bad release gets its first requests, until people have been told. */
async function pausePrometheus(stage: OutcomeStage) {
  // Longer than it is away, and ticks so long that a bad release is not found before that.
  const metadata = { ...judge, duration: "90s", tick: "5s" };
  const open = (name: string) => stage.open(stage.judged({ name, metadata, strategy: "weights" }));
  const [begun, other] = await Promise.all([open("good"), open("bad")]);
  const good = await stage.release(begun, "shop/checkout:2");
  const bad = await stage.release(other, `shop/checkout:2${badTag}`);
  await bad.waitFor("coalmine", /CoalmineStarted/);
  await stage.prometheus.pause();
  await Promise.all([good, bad].map((release) => release.waitFor("coalmine", /CoalmineSourceAway/)));
  stage.prometheus.resume();
  return { good, bad };
}
