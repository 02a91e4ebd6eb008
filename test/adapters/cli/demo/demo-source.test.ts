import { beforeEach, expect, test, vi } from "vitest";
import type { CliHost, OpenSources } from "../../../../src/adapters/cli/cli-host.ts";
import { chooseDemoSource } from "../../../../src/adapters/cli/demo/demo-source.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { useTemporaryFolder } from "../../../support/temporary-folder.ts";
import { fakeHost } from "../fake-host.ts";
import { writePrometheusProgram } from "./fake-prometheus-program.ts";

const targets = ["v1", "v2"].map((version) => ({
  url: `http://127.0.0.1:9/${version}`,
  labels: { pod: version },
}));
const signal = new AbortController().signal;

const folder = useTemporaryFolder();
beforeEach(() => void vi.stubEnv("TMPDIR", folder.path()));

/** Sources that show these versions, and how often they were closed. */
function showing(versions: readonly string[]): OpenSources & { closed: number } {
  const series = versions.map((version) => ({ labels: { version }, times: [1], values: [1] }));
  const open = {
    sources: [{ name: "default", read: async () => ({ series, warnings: [] }) }],
    ingestionDelayMs: 0,
    check: async () => undefined,
    closed: 0,
    close: async () => {
      open.closed += 1;
    },
  };
  return open;
}

function hostWith(changes: {
  prometheusUrl?: string;
  path?: string[];
  prometheus?: () => OpenSources;
}): CliHost {
  const { host } = fakeHost();
  return {
    ...host,
    environment: {
      ...host.environment,
      prometheusUrl: changes.prometheusUrl ?? null,
      path: changes.path ?? [],
    },
    open: {
      ...host.open,
      prometheus: changes.prometheus ?? host.open.prometheus,
      scraper: () => showing([]),
    },
  };
}

test("without a Prometheus it is the scraper, and it says why", async () => {
  const { description } = await chooseDemoSource(hostWith({}), targets, signal);
  expect(description).toBe("the built-in scraper (PROMETHEUS_URL is not set; no prometheus on the PATH)");
});

test("a Prometheus that is named is used if it shows the demo's services", async () => {
  const open = showing(["v1", "v2"]);
  const host = hostWith({ prometheusUrl: "http://p:9090", prometheus: () => open });
  const source = await chooseDemoSource(host, targets, signal);
  expect(source).toMatchObject({ open, description: "Prometheus at PROMETHEUS_URL" });
  await source.close();
  expect(open.closed).toBe(1);
});

test("one that cannot be asked is left, and it says why", async () => {
  const open = showing([]);
  const read = async (): Promise<never> => {
    throw new CoalmineError("source-unavailable", "no answer");
  };
  const host = hostWith({
    prometheusUrl: "http://p:9090",
    prometheus: () => Object.assign(open, { sources: [{ name: "default", read }] }),
  });
  const { description } = await chooseDemoSource(host, targets, signal);
  expect(description).toContain("PROMETHEUS_URL cannot be used: no answer; ");
  expect(open.closed).toBe(1);
});

test("a prometheus on the PATH is started, and ended with the source", async () => {
  const binary = await writePrometheusProgram(folder.path());
  const urls: string[] = [];
  const prometheus = (url?: string): OpenSources => {
    urls.push(url ?? "");
    return showing(["v1", "v2"]);
  };
  const source = await chooseDemoSource(hostWith({ path: [folder.path()], prometheus }), targets, signal);
  expect(source.description).toBe(`a Prometheus of its own (${binary})`);
  expect((await fetch(`${urls[0]}/-/ready`)).status).toBe(200);
  await source.close();
  await expect(fetch(`${urls[0]}/-/ready`)).rejects.toThrow("fetch failed");
});

test("one on the PATH that does not start is left for the scraper", async () => {
  await writePrometheusProgram(folder.path(), true);
  const { description } = await chooseDemoSource(hostWith({ path: [folder.path()] }), targets, signal);
  expect(description).toContain(
    "the built-in scraper (PROMETHEUS_URL is not set; prometheus did not start: ",
  );
});
