/** The alerts and the dashboard in Prometheus' own rule engine. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { buildPrometheus } from "../../servers/build-prometheus.ts";
import { runCommand } from "../../servers/run-command.ts";
import { alertRules, dashboardPanels } from "../../support/monitoring-files.ts";
import { useTemporaryFolder } from "../../support/temporary-folder.ts";
import { alertCases, healthy } from "./alert-cases.ts";

const folder = useTemporaryFolder();

async function promtool(...args: readonly string[]): Promise<string> {
  const programs = await buildPrometheus();
  return await runCommand(programs.promtool, args);
}

function write(name: string, document: unknown): string {
  const path = folder.path(name);
  writeFileSync(path, stringify(document));
  return path;
}

/** Two hours of a server; whether each of the alerts fires at their end. */
function unitTest(series: Readonly<Record<string, string>>, alerts: readonly string[], fires: boolean) {
  const present = Object.entries(series).filter(([, values]) => values !== "");
  return {
    interval: "1m",
    input_series: present.map(([name, values]) => ({ series: name, values })),
    promql_expr_test: alerts.map((alert) => ({
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0 or vector(0)`,
      eval_time: "2h",
      exp_samples: [{ labels: "{}", value: fires ? 1 : 0 }],
    })),
  };
}

function runUnitTests(tests: readonly ReturnType<typeof unitTest>[]): Promise<string> {
  write("rules.yaml", { groups: [{ name: "coalmine", rules: alertRules() }] });
  const file = write("tests.yaml", { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests });
  return promtool("test", "rules", file);
}

describe("the alerts", () => {
  it("are rules that Prometheus takes", async () => {
    const file = write("rules.yaml", { groups: [{ name: "coalmine", rules: alertRules() }] });
    expect(await promtool("check", "rules", file)).toContain(`SUCCESS: ${alertRules().length} rules found`);
  });

  it("stay quiet on a server that does its work", async () => {
    const alerts = alertRules().map(({ alert }) => alert);
    expect(await runUnitTests([unitTest(healthy, alerts, false)])).toContain("SUCCESS");
  });

  it("fire, every one, on a server with what it is about", async () => {
    expect(alertCases.map(({ alert }) => alert)).toEqual(alertRules().map(({ alert }) => alert));
    const tests = alertCases.map(({ alert, series }) => unitTest({ ...healthy, ...series }, [alert], true));
    expect(await runUnitTests(tests)).toContain("SUCCESS");
  });
});

it("Prometheus understands what every panel of the dashboard asks, and every query of the docs", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/metrics.md"), "utf8");
  const ofDocs = [...page.matchAll(/```promql\n([^`]+)```/g)].map(([, expr]) => expr ?? "");
  const ofPanels = dashboardPanels().flatMap(({ exprs }) => exprs);
  const asked = [...ofPanels, ...ofDocs].map((expr) => expr.replaceAll(/\$__(rate_interval|range)/g, "5m"));
  expect(ofDocs.length).toBeGreaterThan(3);
  // As recording rules, each with a name of its own.
  const rules = asked.map((expr, i) => ({ record: `asked_${i}`, expr }));
  const file = write("asked.yaml", { groups: [{ name: "asked", rules }] });
  expect(await promtool("check", "rules", file)).toContain(`SUCCESS: ${asked.length} rules found`);
});
