import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakePrometheus, startFakePrometheus } from "../support/fake-prometheus.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const program = fileURLToPath(new URL("../../src/bin/cli.ts", import.meta.url));
const analyze =
  "analyze --service cart --telemetry http --canary version=v2 --baseline version=v1 --output json".split(
    " ",
  );

const folder = useTemporaryFolder();
let server: FakePrometheus;
beforeEach(async () => {
  server = await startFakePrometheus();
});
afterEach(() => server.close());

/** Samples are asked for at once: the fake has them all. */
async function start(args: readonly string[]): Promise<ChildProcess> {
  const { PATH, HOME } = process.env;
  const settings = folder.path("settings.yaml");
  await writeFile(
    settings,
    `sources: {default: {kind: prometheus, url: "${server.url}", ingestionDelay: 0s}}\n`,
  );
  return spawn(process.execPath, [program, ...args], {
    env: { PATH, HOME, COALMINE_CONFIG: settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcome(child: ChildProcess) {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code };
}

test("the whole of a long output arrives through a pipe", async () => {
  const { stdout, code } = await outcome(await start(["schema"]));
  expect(JSON.parse(stdout)).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
  expect(code).toBe(0);
});

test("a reader that has seen enough, as head has, is no fault", async () => {
  const child = await start(["schema"]);
  child.stdout?.destroy();
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, "exit")]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends a live analysis with its result", async (signal) => {
  const child = await start(analyze);
  const ended = outcome(child);
  await expect.poll(() => server.requests.length, { timeout: 100_000 }).toBeGreaterThan(1);
  child.kill(signal);
  const { stdout, code } = await ended;
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", reason: { code: "cancelled" } });
  expect(code).toBe(2);
});

test("a past window is judged at once, from what the source holds", async () => {
  const { stdout, code } = await outcome(await start([...analyze, "--to", "now"]));
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", decidedAt: expect.any(String) });
  expect(code).toBe(2);
});
