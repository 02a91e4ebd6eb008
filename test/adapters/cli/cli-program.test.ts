import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCliProgram } from "../../../src/adapters/cli/cli-program.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";
import { fakeHost, fakeNow } from "./fake-host.ts";
import { failedResult, inconclusiveResult, passedResult, stepAt } from "./sample-result.ts";

const flags =
  "--service checkout --telemetry istio --namespace shop --canary version=v2 --baseline version=v1";
const analyze = ["analyze", ...flags.split(" ")];
const minute = 60_000;

const folder = useTemporaryFolder();

test.each([
  ["pass", passedResult, 0],
  ["fail", failedResult, 1],
  ["inconclusive", inconclusiveResult, 2],
])("the exit code of a %s says so, and standard output holds the result alone", async (_, result, code) => {
  const { host, stdout, stderr } = fakeHost({ run: () => [stepAt(1), stepAt(2, result)] });
  expect(await runCliProgram([...analyze, "--output", "json"], host)).toBe(code);
  expect(JSON.parse(stdout())).toMatchObject({ verdict: result.verdict });
  expect(stderr()).toContain("1m of 10m: 1,204 canary requests");
});

test("--quiet shows no progress", async () => {
  const { host, stderr } = fakeHost({ run: () => [stepAt(1, failedResult)] });
  await runCliProgram([...analyze, "--quiet"], host);
  expect(stderr()).toBe("");
});

test("a live analysis starts now and waits for samples to arrive", async () => {
  const { host, asked, closed } = fakeHost({ run: () => [stepAt(1, passedResult)] });
  await runCliProgram(analyze, host);
  expect(asked).toMatchObject([{ way: "live", startedAt: fakeNow, ingestionDelayMs: 5_000 }]);
  expect(closed()).toBe(1);
});

test.each([
  [["--from", "-30m", "--to", "-10m"], fakeNow - 30 * minute, 20 * minute],
  [["--from", "-30m"], fakeNow - 30 * minute, 10 * minute],
  [["--to", "now", "--duration", "15m"], fakeNow - 15 * minute, 15 * minute],
])("%j is judged as the past window it names", async (window, startedAt, durationMs) => {
  const { host, asked } = fakeHost({ run: () => [stepAt(1, passedResult)] });
  expect(await runCliProgram([...analyze, ...window], host)).toBe(0);
  expect(asked).toMatchObject([{ way: "replay", startedAt, spec: { durationMs } }]);
});

test("a window that is not over yet is refused with what to change", async () => {
  const { host, stderr, asked } = fakeHost();
  expect(await runCliProgram([...analyze, "--from", "-5m"], host)).toBe(64);
  expect(stderr()).toContain("ends at 2026-11-21T12:05:00.000Z, which has not passed: add --to");
  expect(asked).toEqual([]);
});

test("flags win over the file, and --set over both", async () => {
  const { host, asked } = fakeHost({
    stdin:
      "service: cart\ntelemetry: istio\nnamespace: shop\ncohorts: {canary: {version: v2}, baseline: {version: v1}}\nduration: 20m\n",
    run: () => [stepAt(1, passedResult)],
  });
  const over = ["--service", "checkout", "--threshold", "99.5", "--set", "budget.falseAlarm=0.01"];
  expect(await runCliProgram(["analyze", "-f", "-", ...over], host)).toBe(0);
  expect(asked[0]?.spec).toMatchObject({
    service: "checkout",
    durationMs: 20 * minute,
    budget: { falseAlarm: 0.01 },
    metrics: [{ kind: "errors", limit: { atMost: 0.005 } }, { kind: "latency" }],
  });
});

test("a spec file is read, and the result written beside the text", async () => {
  const spec = folder.path("spec.yaml");
  const report = folder.path("report.xml");
  await writeFile(
    spec,
    "service: cart\ntelemetry: http\ncohorts: {canary: {version: v2}, baseline: {version: v1}}\n",
  );
  const { host, stdout } = fakeHost({ run: () => [stepAt(1, failedResult)] });
  const output = ["--output", "junit", "--output-file", report];
  expect(await runCliProgram(["analyze", "-f", spec, ...output], host)).toBe(1);
  expect(stdout()).toMatch(/^FAIL checkout: /);
  expect(await readFile(report, "utf8")).toMatch(/^<\?xml .*<testsuites /s);
});

test("a result that cannot be written is an error, not a pass", async () => {
  const { host, stderr } = fakeHost({ run: () => [stepAt(1, passedResult)] });
  expect(await runCliProgram([...analyze, "--output-file", folder.path("no", "file")], host)).toBe(64);
  expect(stderr()).toContain("cannot be written: ENOENT");
});

test("every problem of a spec is told on a line with its path", async () => {
  const { host, stdout, stderr } = fakeHost({ stdin: "service: cart\ntelemetry: istoi\nduratoin: 5m\n" });
  expect(await runCliProgram(["analyze", "-f", "-"], host)).toBe(64);
  expect(stderr()).toMatch(/^ {2}telemetry: .*istio/m);
  expect(stderr()).toMatch(/^ {2}duratoin: .*duration/m);
  expect(stdout()).toBe("");
});

test("a file that is not there is bad input", async () => {
  const { host, stderr } = fakeHost();
  expect(await runCliProgram(["analyze", "-f", folder.path("none.yaml")], host)).toBe(64);
  expect(stderr()).toMatch(/none\.yaml cannot be read: ENOENT/);
});

test("input without end is cut off", async () => {
  const { host, stderr } = fakeHost({ stdin: "#".repeat(2 * 1024 * 1024) });
  expect(await runCliProgram(["analyze", "-f", "-"], host)).toBe(64);
  expect(stderr()).toContain("standard input is over the limit of 1 MiB");
});

test("a source that does not answer from the start is 69, live and past, and nothing runs", async () => {
  const check = async (): Promise<void> => {
    throw new CoalmineError("source-unavailable", "http://p:9090 does not answer");
  };
  for (const window of [[], ["--to", "now"]]) {
    const { host, stderr, asked, closed } = fakeHost({ check });
    expect(await runCliProgram([...analyze, ...window], host)).toBe(69);
    expect(stderr()).toBe("coalmine: http://p:9090 does not answer\n");
    expect(asked).toEqual([]);
    expect(closed()).toBe(1);
  }
});

test("what nobody expected is 70, and never a pass", async () => {
  const run = () => {
    throw new TypeError("broken");
  };
  expect(await runCliProgram(analyze, fakeHost({ run }).host)).toBe(70);
  expect(await runCliProgram(analyze, fakeHost({ run: () => [] }).host)).toBe(70);
});

test("the first interrupt ends the analysis as cancelled, the second at once", async () => {
  const cancelled = { ...inconclusiveResult, reason: { code: "cancelled", text: "cancelled" } } as const;
  const fake = fakeHost({
    async *run({ signal }) {
      yield stepAt(1);
      fake.interrupt();
      expect(signal.aborted).toBe(true);
      fake.interrupt();
      yield stepAt(2, cancelled);
    },
  });
  expect(await runCliProgram(analyze, fake.host)).toBe(2);
  expect(fake.stdout()).toMatch(/^INCONCLUSIVE checkout: cancelled/);
  expect(fake.stderr()).toContain("press Ctrl-C again to leave at once");
  expect(fake.exits).toEqual([130]);
  expect(fake.interrupt()).toBe(false);
});

test("an interrupt before the first look is inconclusive without a result", async () => {
  const fake = fakeHost({
    async check(signal) {
      fake.interrupt();
      signal.throwIfAborted();
    },
  });
  expect(await runCliProgram(analyze, fake.host)).toBe(2);
  expect(fake.stdout()).toBe("");
  expect(fake.asked).toEqual([]);
});

test("--prometheus and --config are handed to whoever opens the sources", async () => {
  const { host, opened } = fakeHost({ run: () => [stepAt(1, passedResult)] });
  await runCliProgram([...analyze, "--prometheus", "http://p:9090", "--config", "a.yaml"], host);
  expect(opened).toEqual([{ prometheusUrl: "http://p:9090", settingsFile: "a.yaml" }]);
});

test.each([
  [["anlyze"], "Did you mean analyze?"],
  [["analyze", "--servce", "a"], "Did you mean --service?"],
  [["analyze", "--output", "jsn"], "Allowed choices are text, json, markdown, junit."],
  [["analyze", "--service"], "argument missing"],
  [["analyze", "surplus"], "too many arguments"],
  [["schema", "--help", "--nonsense"], null],
  [[], "Usage: coalmine"],
])("%j is bad usage unless it asks for help", async (args, told) => {
  const { host, stdout, stderr } = fakeHost();
  expect(await runCliProgram(args, host)).toBe(told === null ? 0 : 64);
  expect(told === null ? stdout() : stderr()).toContain(told ?? "Usage: coalmine schema");
});

test("help and version go to standard output and are no failure", async () => {
  const help = fakeHost();
  expect(await runCliProgram(["analyze", "--help"], help.host)).toBe(0);
  expect(help.stdout()).toContain("$ coalmine analyze -f analysis.yaml --from -30m --to now");
  const version = fakeHost();
  expect(await runCliProgram(["--version"], version.host)).toBe(0);
  expect(version.stdout()).toBe("1.2.3\n");
});

test("schema prints a JSON Schema", async () => {
  const { host, stdout } = fakeHost();
  expect(await runCliProgram(["schema"], host)).toBe(0);
  expect(JSON.parse(stdout())).toMatchObject({ type: "object", properties: { service: { type: "string" } } });
});

test("serve hands over its settings file and the interrupt, and exits as the server does", async () => {
  let seen: { readonly settingsFile: string | null; readonly aborted: boolean } | null = null;
  const fake = fakeHost({
    async serve({ settingsFile, signal }) {
      fake.interrupt();
      seen = { settingsFile, aborted: signal.aborted };
      return 64;
    },
  });
  expect(await runCliProgram(["serve", "--config", "a.yaml"], fake.host)).toBe(64);
  expect(seen).toEqual({ settingsFile: "a.yaml", aborted: true });
});
