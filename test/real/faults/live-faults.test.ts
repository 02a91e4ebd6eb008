/** Live services that a real Prometheus scrapes, judged through every kind of trouble by the clock on the wall: in this process, and by the whole server. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { type RunningPrometheus, startPrometheus } from "../../servers/start-prometheus.ts";
import type { Fault } from "../../support/fault-proxy.ts";
import { untilSeen } from "../judge-real.ts";
import { bad, good, type LiveServices, startLiveServices } from "../live-services.ts";
import { answer, breakingFaults } from "./faults.ts";
import { megabyte, runTroubled, type Trouble } from "./troubled-run.ts";
import { startTroubledServer, type TroubledServer } from "./troubled-server.ts";
import { usedBytes } from "./used-bytes.ts";

const refused = answer(502, "<html>nobody there</html>", { "content-type": "text/html" });
const silent: Fault = { kind: "silent" };
const ahead: Fault = { kind: "clock", aheadMs: 3_600_000, date: "shifted" };

let services: LiveServices;
let prometheus: RunningPrometheus;
let server: TroubledServer;
let bytesBefore: number;

/** The server's sources: some for a while in trouble, some for good. */
const passing = { refused, silent, ahead };
const lasting = { "still-refused": refused, "still-silent": silent, "still-ahead": ahead };
/** What answers is given its time on a busy machine. */
const timeouts = {
  ...{ refused: 10_000, silent: 2_000, ahead: 10_000 },
  ...{ "still-refused": 10_000, "still-silent": 2_000, "still-ahead": 10_000 },
};

beforeAll(async () => {
  services = await startLiveServices("shop", { v1: good, good, bad }, 300);
  prometheus = await startPrometheus({ scrapeConfigs: services.scrapeConfigs });
  server = await startTroubledServer(prometheus.url, timeouts);
  // Past their warm-up, as the analyses see them.
  await untilSeen(prometheus.url, ["v1", "good", "bad"]);
  bytesBefore = usedBytes();
});

afterAll(async () => {
  await server.close();
  await prometheus.stop();
  await services.close();
});

/** At the start, in the middle, and over the deadline. */
const inTrouble = (second: number) =>
  second < 3 || (second >= 8 && second < 18) || (second >= 40 && second < 50);
/** The first look ends the analysis by an answer that is too large. */
const all: readonly Fault[] = [...breakingFaults.map(({ fault }) => fault), { kind: "endless" }];
const oneOf = (faults: readonly Fault[], random: () => number) =>
  faults[Math.floor(random() * faults.length)] ?? null;

const troubles: readonly Trouble[] = [
  { name: "silence", faultAt: (second) => (inTrouble(second) ? silent : null) },
  { name: "a balancer with nothing behind it", faultAt: (second) => (inTrouble(second) ? refused : null) },
  {
    name: "connections that are reset now and then",
    faultAt: (_, random) => (random() < 0.3 ? { kind: random() < 0.5 ? "reset" : "resetInBody" } : null),
  },
  {
    name: "all of it at once",
    faultAt: (second, random, areUnderWay) =>
      inTrouble(second) ? oneOf(areUnderWay ? all : all.slice(0, -1), random) : null,
  },
];

describe.concurrent("live analyses", () => {
  it("come to their verdict through every trouble, and leave no socket and no memory behind", async ({
    expect,
  }) => {
    const runs = troubles.map(async (trouble) => ({
      name: trouble.name,
      ...(await runTroubled(prometheus.url, trouble)),
    }));
    for (const { name, good, bad, faults, mostConnections, bytesPoured } of await Promise.all(runs)) {
      expect(faults, name).toBeGreaterThan(10);
      expect(good, name).toMatchObject({ verdict: "pass", phase: "done" });
      expect(bad, name).toMatchObject({ verdict: "fail", phase: "done" });
      // Sixteen, and those that the other end has not seen closed.
      expect(mostConnections, name).toBeLessThanOrEqual(32);
      expect(bytesPoured, name).toBeLessThan(faults * 16 * megabyte);
    }
    // What is beside the heap goes a moment after it was collected.
    await expect.poll(() => usedBytes() - bytesBefore, { interval: 500 }).toBeLessThan(64 * megabyte);
  });

  it("are not judged by a Prometheus that is a minute ahead, behind a balancer that is not", async ({
    expect,
  }) => {
    const faultAt = (): Fault => ({ kind: "clock", aheadMs: 60_000, date: "right" });
    const trouble = { name: "a minute ahead", faultAt };
    const { good, bad } = await runTroubled(prometheus.url, trouble, { sourceTimeout: "5s" });
    for (const result of [good, bad]) {
      expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
      expect(result.reason.text).toContain("ahead of this machine's clock");
    }
  });
});

describe.concurrent("the server, its source in trouble", () => {
  it.for(Object.entries(passing))(
    "answers, counts the failures, says little, and judges rightly once it is over: %s",
    async ([source, fault], { expect }) => {
      const started = [server.start("good", source), server.start("bad", source)];
      const [goodId = "", badId = ""] = await Promise.all(started);
      server.trouble(source, fault);
      await expect.poll(() => server.failuresOf(source), { timeout: 30_000 }).toBeGreaterThan(10);
      expect(await server.resultOf(goodId)).toMatchObject({ phase: "running", verdict: null });
      expect(await server.isReady()).toBe(true);
      server.trouble(source, null);

      await expect.poll(() => phaseOf(goodId), { timeout: 90_000 }).toBe("done");
      await expect.poll(() => phaseOf(badId), { timeout: 30_000 }).toBe("done");
      const results = await Promise.all([goodId, badId].map((id) => server.resultOf(id)));
      const told = JSON.stringify(results.map(({ reason, warnings }) => ({ reason, warnings })));
      expect(
        results.map(({ verdict }) => verdict),
        told,
      ).toEqual(["pass", "fail"]);
      // Away and back, of each analysis; there were many more looks.
      expect(server.linesNaming(source).length).toBeLessThanOrEqual(4);
    },
  );

  it.for([
    ["still-refused", /HTTP status 502/],
    ["still-silent", /no whole answer within 2s/],
    ["still-ahead", /its clock is about 1h ahead of this machine's/],
  ] as const)("ends inconclusive when it stays so, and says how: %s", async ([source, words], { expect }) => {
    server.trouble(source, lasting[source]);
    const id = await server.start("bad", source, { sourceTimeout: "5s" });
    await expect.poll(() => phaseOf(id), { timeout: 60_000 }).toBe("done");
    const { verdict, reason } = await server.resultOf(id);
    expect({ verdict, code: reason.code }).toEqual({ verdict: "inconclusive", code: "source-unavailable" });
    expect(reason.text).toContain(server.urlOf(source));
    expect(reason.text).toMatch(words);
  });
});

async function phaseOf(id: string): Promise<string> {
  return (await server.resultOf(id)).phase;
}
