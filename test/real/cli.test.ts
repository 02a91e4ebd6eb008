/** The command line as a pipeline meets it: exit codes, reports, and sources that are away or talk nonsense. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import { freePort } from "../servers/free-port.ts";
import { type RunningPrometheus, startPrometheus } from "../servers/start-prometheus.ts";
import { type FakePrometheus, type Reply, startFakePrometheus } from "../support/fake-prometheus.ts";
import { type CoalmineProcess, type Ended, openWorkFolder, type WorkFolder } from "./coalmine-process.ts";
import { baseline, blocksOf, canary, pastService, startedAt } from "./past-services.ts";

let prometheus: RunningPrometheus;
let folder: WorkFolder;

beforeAll(async () => {
  const series = [
    ...pastService("identical", [baseline, canary()]),
    ...pastService("ten-times-errors", [baseline, canary({ errorRate: 0.05 })]),
    ...pastService("no-canary", [baseline]),
  ];
  prometheus = await startPrometheus({ blocksFrom: blocksOf(series) });
  folder = openWorkFolder();
});

afterAll(async () => {
  await folder.close();
  await prometheus.stop();
});

/** A window that the back-filled services lived through. */
const past = ["--from", new Date(startedAt).toISOString(), "--duration", "10m"];

describe("coalmine analyze over a past window", () => {
  it("exits 0 with a report that says why, when the canary passes", async () => {
    const { code, stdout } = await analyzed("identical", past).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/pass/i);
    expect(stdout).toContain("no worse than the baseline");
  });

  it("exits 1 when it fails, and 2 when nothing can be known", async () => {
    const runs = [analyzed("ten-times-errors", past), analyzed("no-canary", past)];
    const [failed, unknown] = await Promise.all(runs.map(({ ended }) => ended));
    expect(failed?.code).toBe(1);
    expect(failed?.stdout).toMatch(/errors: canary 4\.\d % .*evidence \d+ : 1, needs 44 : 1/);
    expect(unknown?.code).toBe(2);
    expect(unknown?.stdout).toContain('http_requests_total{service="no-canary",version="v2"}');
  });

  it("writes JSON, Markdown and JUnit that programs can read", async () => {
    const write = (output: string) => analyzed("ten-times-errors", [...past, "--output", output]).ended;
    const [json, markdown, junit] = await Promise.all([write("json"), write("markdown"), write("junit")]);
    expect([json, markdown, junit].map(({ code }) => code)).toEqual([1, 1, 1]);

    const result = resultIn(json);
    expect(result).toMatchObject({ verdict: "fail", phase: "done", service: "ten-times-errors" });
    expect(result.metrics.map(({ name }) => name)).toEqual(["errors", "latency"]);

    const rows = markdown.stdout.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);

    expect(openTags(junit.stdout)).toEqual([]);
    expect(junit.stdout).toMatch(/<testsuites [^>]*tests="3" failures="\d"/);
    expect(junit.stdout).toContain('<testcase classname="ten-times-errors" name="verdict">');
  });

  it("writes the report to a file and tells a person on standard output", async () => {
    const file = folder.path("canary.xml");
    const { code, stdout } = await analyzed("identical", [
      ...past,
      "--output",
      "junit",
      "--output-file",
      file,
    ]).ended;
    expect(code).toBe(0);
    expect(stdout).toContain("no worse than the baseline");
    expect(openTags(readFileSync(file, "utf8"))).toEqual([]);
  });

  it("exits 64 with every problem of a spec and its path, and asks no source", async () => {
    const spec = folder.write(
      "bad.yaml",
      "service: shop\ntelemetry: htp\nduraton: 10m\ntick: soon\ncohorts: {canary: {version: ''}}\nmetrics: [{kind: eror}]\n",
    );
    const { code, stdout, stderr } = await run(["-f", spec, "--prometheus", await nowhere()]).ended;
    expect(code).toBe(64);
    expect(stdout).toBe("");
    const paths = ["telemetry", "duraton", "tick", "cohorts.canary.version", "metrics.0.kind"];
    for (const path of paths) expect(stderr).toContain(`  ${path}: `);
    expect(stderr).toContain("duration");
  });

  it("exits 64 when the cohorts share a series", async () => {
    const cohorts = ["--canary", 'selector=pod=~".+"', "--baseline", "version=v1"];
    const { code, stderr } = await run([...common("identical"), ...past, ...cohorts, ...at(prometheus.url)])
      .ended;
    expect(code).toBe(64);
    expect(stderr).toContain("canary and baseline overlap");
  });

  it("exits 69 when nobody is at the source's address", async () => {
    const url = await nowhere();
    const { code, stdout, stderr } = await analyzed("identical", past, url).ended;
    expect(code).toBe(69);
    expect(stdout).toBe("");
    expect(stderr).toContain(url);
  });
});

describe("coalmine analyze, live", () => {
  it("exits 69 when nobody is at the source's address", async () => {
    const { code, stdout } = await analyzed("identical", live, await nowhere()).ended;
    expect(code).toBe(69);
    expect(stdout).toBe("");
  });

  it("ends as cancelled on SIGINT, with its report, and exits 2", async () => {
    const settings = settingsFor(prometheus.url);
    const child = analyzed("no-canary", [...long, "--config", settings, "--output", "json"], null);
    await expect.poll(() => child.printed.stderr, { timeout: 30_000 }).toContain("no canary series");
    child.send("SIGINT");
    const ended = await child.ended;
    expect(ended.code).toBe(2);
    expect(resultIn(ended)).toMatchObject({
      phase: "cancelled",
      verdict: "inconclusive",
      reason: { code: "cancelled" },
    });
  });

  it("ends inconclusive, not with a pass, when there is nothing to judge", async () => {
    const settings = settingsFor(prometheus.url);
    const child = analyzed("identical", [...live, "--config", settings, "--output", "json"], null);
    const ended = await child.ended;
    expect(ended.code).toBe(2);
    expect(resultIn(ended)).toMatchObject({ verdict: "inconclusive", reason: { code: "no-data" } });
  });
});

const megabytes = 1024 * 1024;

const nonsense: readonly (readonly [name: string, reply: Reply])[] = [
  ["503", { kind: "answer", status: 503, body: "upstream connect error" }],
  ["garbage", { kind: "answer", status: 200, body: "<html>\u0000{{{" }],
  ["half a body", { kind: "half" }],
  ["200 MB", { kind: "endless", bytes: 200 * megabytes }],
];

describe.each(nonsense)("coalmine analyze, where Prometheus answers %s", (name, reply) => {
  // Asking again does not make an answer smaller: it is the limit or the query that has to change.
  const code = name === "200 MB" ? 64 : 69;

  it(`exits ${code} when it does so from the start`, async () => {
    await withFake(async (fake) => {
      fake.always(reply);
      const ended = await analyzed("shop", [...live, "--config", settingsFor(fake.url)], null).ended;
      expect(ended).toMatchObject({ code, stdout: "" });
      expect(ended.stderr).toContain(fake.url);
      // The limit, and what was on its way.
      expect(fake.bytesSent).toBeLessThan(50 * megabytes);
    });
  });

  it(`exits ${code} when it does so to the queries of a past window`, async () => {
    await withFake(async (fake) => {
      // The first question is whether it is there at all.
      fake.next({ kind: "evaluate" });
      fake.always(reply);
      const ended = await analyzed("shop", [...past, "--config", settingsFor(fake.url)], null).ended;
      expect(ended).toMatchObject({ code, stdout: "" });
      expect(ended.stderr).toContain(fake.url);
    });
  });

  it("ends inconclusive source-unavailable with 2 when it does so in the middle of a live run", async () => {
    await withFake(async (fake) => {
      const options = ["--config", settingsFor(fake.url), "--set", "sourceTimeout=3s", "--output", "json"];
      const child = analyzed("shop", [...long, ...options], null);
      await expect.poll(() => child.printed.stderr, { timeout: 30_000 }).toContain("no canary series");
      fake.always(reply);
      const ended = await child.ended;
      expect(ended.code).toBe(2);
      const result = resultIn(ended);
      expect(result).toMatchObject({ verdict: "inconclusive", reason: { code: "source-unavailable" } });
      expect(result.reason.text).toContain(fake.url);
    });
  });
});

const eachSecond = ["--set", "tick=1s", "--set", "interval=1s", "--set", "warmup=0s"];
/** Nine seconds of looks each second. */
const live = ["--duration", "9s", ...eachSecond];
/** Too long to end by itself before the test ends it. */
const long = ["--duration", "10m", ...eachSecond];

function common(service: string): readonly string[] {
  return ["--service", service, "--telemetry", "http", "--no-color"];
}

function at(url: string): readonly string[] {
  return ["--prometheus", url];
}

/** v2 against v1 of a service; the back-filled Prometheus unless another is named, or none (null). */
function analyzed(
  service: string,
  args: readonly string[],
  url: string | null = prometheus.url,
): CoalmineProcess {
  const cohorts = ["--canary", "version=v2", "--baseline", "version=v1"];
  return run([...common(service), ...cohorts, ...args, ...(url === null ? [] : at(url))]);
}

function run(args: readonly string[]): CoalmineProcess {
  return folder.start("cli", ["analyze", ...args]);
}

function resultIn({ stdout }: Ended): AnalysisResult {
  return JSON.parse(stdout) as AnalysisResult;
}

/** A settings file whose source gives up soon, and reads no more than a mebibyte. */
function settingsFor(url: string): string {
  const limits = { retryBudgetMs: 500, timeoutMs: 10_000, maxResponseBytes: megabytes };
  const source = { kind: "prometheus", url, ingestionDelay: "0s", ...limits };
  return folder.write(`settings-${new URL(url).port}.yaml`, JSON.stringify({ sources: { default: source } }));
}

async function withFake(use: (fake: FakePrometheus) => Promise<void>): Promise<void> {
  const fake = await startFakePrometheus();
  try {
    await use(fake);
  } finally {
    await fake.close();
  }
}

async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

/** What is left open of an XML document; `</x>` for an end without a start. */
function openTags(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [, end, name = "", empty] of xml.matchAll(/<(\/?)([a-z-]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (end === "" && empty === "") open.push(name);
    else if (end === "/" && open.at(-1) === name) open.pop();
    else if (end === "/") return [`</${name}>`];
  }
  return open;
}
