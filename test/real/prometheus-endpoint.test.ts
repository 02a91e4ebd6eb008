/** The server as a process under /prometheus: asked by Prometheus' own promtool, over a real Prometheus that it reads. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildPrometheus } from "../servers/build-prometheus.ts";
import { runCommand } from "../servers/run-command.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { openWorkFolder, type WorkFolder } from "./coalmine-process.ts";
import { untilSeen } from "./judge-real.ts";
import { bad, good, type LiveServices, looksOfAMinute, startLiveServices } from "./live-services.ts";

let services: LiveServices;
let prometheus: RunningPrometheus;
let folder: WorkFolder;
let promtool: string;
/** As a client is told: the part before /api/v1. */
let address: string;

beforeAll(async () => {
  ({ promtool } = await buildPrometheus());
  services = await startLiveServices("shop", { v1: good, same: good, bad }, 200);
  prometheus = await startPrometheus({ scrapeConfigs: services.scrapeConfigs });
  folder = openWorkFolder();
  address = `${await startServer(prometheus.url)}/prometheus`;
  // Past their warm-up, as the server sees them.
  await untilSeen(prometheus.url, ["v1", "same", "bad"]);
});

afterAll(async () => {
  await folder.close();
  await prometheus.stop();
  await services.close();
});

describe("promtool", () => {
  it("gets the number of Flagger's online check", async () => {
    expect(await instant("vector(1)")).toMatch(/^\{\} => 1 @\[\d/);
  });

  it("starts an analysis by its first query, and follows it to a fail and its evidence", async () => {
    const labels = labelsOf("bad");
    expect(await instant(`coalmine_verdict{${labels}}`)).toMatch(
      /^coalmine_verdict\{analysis="[^"]+", key="prometheus\.[0-9a-f]{32}", phase="running", service="shop"\} => 0\.5 @/,
    );
    await expect
      .poll(() => instant(`coalmine_verdict{${labels}}`), { timeout: 90_000, interval: 1_000 })
      .toMatch(/phase="done", service="shop", verdict="fail"\} => 0 @/);
    expect(valueIn(await instant(`coalmine_score{${labels}}`))).toBeLessThan(25);
    // It may take a little of the latency's to fail, but not the most.
    const evidenceOf = async (metric: string) =>
      valueIn(await instant(`coalmine_evidence{${labels},metric="${metric}"}`));
    expect(await evidenceOf("errors")).toBeGreaterThan(await evidenceOf("latency"));
    expect(await evidenceOf("errors")).toBeGreaterThan(1);
    const ranged = await runCommand(promtool, [
      "query",
      "range",
      "--step=1s",
      address,
      'coalmine_score{key!=""}',
    ]);
    expect(ranged.split("\n").filter((line) => / @\[/.test(line)).length).toBeGreaterThan(3);
  });

  it("shows why a query is refused", async () => {
    await expect(instant("sum(coalmine_score)")).rejects.toThrow(/unknown function `sum`/);
    await expect(instant('coalmine_score{service="shop",canary_version="bad"}')).rejects.toThrow(
      /bad_data: telemetry: is missing/,
    );
  });
});

it("passes a canary that is as good as the baseline, with the reason as a warning", async () => {
  const query = `coalmine_score{${labelsOf("same")}}`;
  const ask = async () => {
    // As Argo Rollouts' Prometheus client asks.
    const form = new URLSearchParams({ query, time: String(Date.now() / 1_000) });
    const answer = await fetch(`${address}/api/v1/query`, { method: "POST", body: form });
    expect(answer.status).toBe(200);
    return Object(await answer.json());
  };
  await vi.waitFor(async () => expect((await ask()).data.result[0].metric.verdict).toBe("pass"), {
    timeout: 120_000,
    interval: 1_000,
  });
  const { data, warnings } = await ask();
  expect(Number(data.result[0].value[1])).toBeGreaterThanOrEqual(75);
  expect(warnings).toEqual([expect.stringMatching(/^(not-worse|no-regression-seen): /)]);
});

it("answers a start while its source hangs, and says that nothing is known yet", async () => {
  await prometheus.pause();
  try {
    const query = `coalmine_score{${labelsOf("same")},key="hanging"}`;
    const answer = await fetch(`${address}/api/v1/query?${new URLSearchParams({ query })}`);
    expect(answer.status).toBe(200);
    const { data } = Object(await answer.json());
    expect(data.result).toMatchObject([
      { metric: { phase: "running", key: "hanging" }, value: [expect.anything(), "50"] },
    ]);
  } finally {
    prometheus.resume();
  }
});

/** One version against v1 as labels. */
function labelsOf(canary: string): string {
  const words = {
    service: "shop",
    telemetry: "http",
    canary_version: canary,
    baseline_version: "v1",
    pass_below: "3x + 1pp",
    ...looksOfAMinute,
    duration: "60s",
  };
  return Object.entries(words)
    .map(([label, value]) => `${label}="${value}"`)
    .join();
}

function instant(query: string): Promise<string> {
  return runCommand(promtool, ["query", "instant", address, query]);
}

function valueIn(line: string): number {
  return Number(/=> (\S+) @/.exec(line)?.[1]);
}

async function startServer(prometheusUrl: string): Promise<string> {
  const source = { kind: "prometheus", url: prometheusUrl, ingestionDelay: "1s" };
  const settings = { listen: { port: 0 }, sources: { default: source } };
  const server = folder.start("server", ["--config", folder.write("server.yaml", JSON.stringify(settings))]);
  return await vi.waitFor(
    () => {
      const url = /"url":"([^"]+)"/.exec(server.printed.stderr)?.[1];
      if (url === undefined) throw new Error(`the server does not listen:\n${server.printed.stderr}`);
      return url;
    },
    { timeout: 30_000 },
  );
}
