import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { createCliSources } from "../../../src/app/sources/cli-sources.ts";
import { type FakePrometheus, startFakePrometheus } from "../../support/fake-prometheus.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";

const signal = new AbortController().signal;
const none = { prometheusUrl: null, settingsFile: null };

const folder = useTemporaryFolder();
let server: FakePrometheus;
beforeEach(async () => {
  server = await startFakePrometheus();
});
afterEach(async () => {
  await server.close();
});

function specOf(source: string | readonly string[]) {
  const cohorts = { canary: { version: "v2" }, baseline: { version: "v1" } };
  return parseSpec({ service: "cart", telemetry: "http", cohorts, source });
}

async function settings(text: string): Promise<string> {
  const path = folder.path("settings.yaml");
  await writeFile(path, text);
  return path;
}

test("the address on the command line wins over the environment's", async () => {
  const sources = createCliSources({ PROMETHEUS_URL: "http://127.0.0.1:9" });
  const open = await sources.named(specOf("default"), { ...none, prometheusUrl: server.url });
  await open.check(signal);
  expect(server.requests).toHaveLength(1);
  await open.close();
});

test("the environment's address is the source default", async () => {
  const open = await createCliSources({ PROMETHEUS_URL: server.url }).named(specOf("default"), none);
  await open.check(signal);
  expect(open.sources.map(({ name }) => name)).toEqual(["default"]);
  expect(server.requests).toHaveLength(1);
  await open.close();
});

test("a settings file names sources, and only those of the spec are asked", async () => {
  const settingsFile = await settings(
    `sources:\n  east: {kind: prometheus, url: "${server.url}", ingestionDelay: 30s}\n  west: {kind: prometheus, url: "http://127.0.0.1:9"}\n`,
  );
  const open = await createCliSources({}).named(specOf(["east"]), { ...none, settingsFile });
  await open.check(signal);
  expect(open.ingestionDelayMs).toBe(30_000);
  expect(server.requests).toHaveLength(1);
  await open.close();
});

test("a source that nobody named is refused with the nearest name", async () => {
  const settingsFile = await settings(`sources:\n  us-east: {kind: prometheus, url: "${server.url}"}\n`);
  const opening = createCliSources({}).named(specOf("us-eats"), { ...none, settingsFile });
  await expect(opening).rejects.toMatchObject({
    code: "invalid-spec",
    message: expect.stringContaining("us-east"),
  });
});

test("an address that does not read is refused", async () => {
  const opening = createCliSources({}).named(specOf("default"), {
    ...none,
    prometheusUrl: "prometheus:9090",
  });
  await expect(opening).rejects.toMatchObject({ code: "invalid-settings" });
});

test("a Prometheus that is away is source-unavailable", async () => {
  const gone = server.url;
  const other = await startFakePrometheus();
  await server.close();
  server = other;
  const open = createCliSources({}).prometheus(gone, 0);
  await expect(open.check(signal)).rejects.toMatchObject({ code: "source-unavailable" });
  await open.close();
});
