/** docs/metrics.md and plugins/monitoring are held to the code: every metric is told and no other, and no alert or panel asks for one that is not there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { createService } from "../../src/app/create-service.ts";
import { readSettings } from "../../src/app/settings/settings.ts";
import { askGrpc } from "../support/ask-grpc.ts";
import { startFakePrometheus } from "../support/fake-prometheus.ts";
import { alertRules, dashboardPanels } from "../support/monitoring-files.ts";
import { quietLogger } from "../support/quiet-logger.ts";
import { specDocument } from "../support/sample-record.ts";
import { rowsUnder } from "../support/table-cells.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/metrics.md"), "utf8");

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What a scraper gets of a server that was asked by everybody who may ask, and looked. */
let scraped = "";

beforeAll(async () => {
  const prometheus = await startFakePrometheus();
  const service = await createService({
    settings: readSettings(
      {
        ...{ listen: { port: 0 }, grpc: { port: 0 }, database: { kind: "memory" } },
        sources: { default: { kind: "prometheus", url: prometheus.url } },
      },
      {},
    ),
    logger: quietLogger(),
    drainMs: 0,
  });
  try {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(specDocument);
    await fetch(`${service.url}/v1/analyses`, { method: "POST", headers, body });
    await askGrpc(service.grpc ?? "", "List", {});
    // A request is measured when its answer is out.
    const counted = ["http_request", "grpc_call"].map((what) => `coalmine_${what}_duration_seconds_count`);
    await vi.waitUntil(
      async () => {
        scraped = await (await fetch(`${service.url}/metrics`)).text();
        return counted.every((series) => scraped.includes(series));
      },
      { timeout: 60_000 },
    );
  } finally {
    await service.close();
    await prometheus.close();
  }
});

/** Reads the text format; `le` is of every histogram. */
function metricsOf(text: string): readonly Metric[] {
  return text
    .split("# HELP ")
    .slice(1)
    .map((block) => {
      const [head = "", typeLine = "", ...samples] = block.split("\n");
      const name = head.slice(0, head.indexOf(" "));
      const keys = samples.flatMap((sample) =>
        [...sample.matchAll(/([a-z_]+)="/g)].map(([, key]) => key ?? ""),
      );
      const labels = [...new Set(keys)].filter((key) => key !== "le");
      return { name, type: typeLine.split(" ").at(-1) ?? "", labels, help: head.slice(name.length + 1) };
    });
}

const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? "");

describe("docs/metrics.md", () => {
  it("tells every metric of a running server and no other, as it is scraped", () => {
    const found = metricsOf(scraped).filter(({ name }) => name.startsWith("coalmine_"));
    const told = rowsUnder(page, "Metrics").map(([name = "", type = "", labels = "", help = ""]) => ({
      name: words(name)[0],
      type,
      labels: words(labels),
      help,
    }));
    const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
      (a.name ?? "").localeCompare(b.name ?? "");
    expect(told.toSorted(byName)).toEqual(found.toSorted(byName));
  });

  it("leaves no cell empty but that of labels", () => {
    const cells = rowsUnder(page, "Metrics").map((row) => row.filter((_cell, column) => column !== 2));
    expect(cells.flat()).not.toContain("");
    expect(new Set(rowsUnder(page, "Metrics").map((row) => row.length))).toEqual(new Set([5]));
  });

  it("explains every alert and no other, with its severity", () => {
    const told = rowsUnder(page, "Alerts").map(([alert = "", severity]) => [words(alert)[0], severity]);
    expect(told).toEqual(alertRules().map(({ alert, labels }) => [alert, labels.severity]));
  });
});

describe("plugins/monitoring", () => {
  const asked = [
    ...alertRules().map(({ alert, expr }) => [alert, expr] as const),
    ...dashboardPanels().flatMap(({ title, exprs }) => exprs.map((expr) => [title, expr] as const)),
  ];

  it.each(asked)("asks in %s for metrics and labels that there are", (_where, expr) => {
    const known = new Map(metricsOf(scraped).map((metric) => [metric.name, metric]));
    const series = [...expr.matchAll(/\b((?:coalmine|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)];
    expect(series).not.toEqual([]);
    for (const [, name = "", matchers = ""] of series) {
      const metric = known.get(name) ?? known.get(name.replace(/_(bucket|count|sum)$/, ""));
      const labels = [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label);
      expect(metric, name).toBeDefined();
      expect(metric?.labels, expr).toEqual(expect.arrayContaining(labels));
    }
  });

  it("sends whoever gets an alert to its row in the docs", () => {
    const sent = alertRules().map(({ annotations }) => annotations.description);
    expect(sent).toEqual(
      alertRules().map(({ alert }) =>
        expect.stringMatching(new RegExp(`See docs/metrics\\.md, ${alert}\\.$`)),
      ),
    );
  });

  it("lays the dashboard's panels out beside each other, each with an id of its own", () => {
    const panels = dashboardPanels();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  it("scrapes the pods of the server at the port that they have, and installs what is there", () => {
    const deployment = readFileSync(join(root, "plugins/flagger/server/deployment.yaml"), "utf8");
    const pods = parseAllDocuments(deployment).map((document) => document.toJS())[0].spec.template;
    const monitor = parse(readFileSync(join(root, "plugins/monitoring/pod-monitor.yaml"), "utf8")).spec;
    expect(pods.metadata.labels).toMatchObject(monitor.selector.matchLabels);
    const ports = pods.spec.containers[0].ports.map(({ name }: { readonly name: string }) => name);
    expect(ports).toEqual(expect.arrayContaining([monitor.podMetricsEndpoints[0].port]));
    const kustomization = parse(readFileSync(join(root, "plugins/monitoring/kustomization.yaml"), "utf8"));
    const named = [...kustomization.resources, ...kustomization.configMapGenerator[0].files];
    expect(named.filter((file: string) => !existsSync(join(root, "plugins/monitoring", file)))).toEqual([]);
  });
});
