/** What stands in plugins/monitoring. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

const folder = join(import.meta.dirname, "../../plugins/monitoring");

const ruleSchema = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string() }),
});

const resourceSchema = z.object({
  apiVersion: z.literal("monitoring.coreos.com/v1"),
  kind: z.literal("PrometheusRule"),
  spec: z.object({ groups: z.tuple([z.object({ name: z.string(), rules: z.array(ruleSchema) })]) }),
});

export type AlertRule = z.output<typeof ruleSchema>;

/** The alerts, in their order. */
export function alertRules(): readonly AlertRule[] {
  const text = readFileSync(join(folder, "prometheus-rule.yaml"), "utf8");
  return resourceSchema.parse(parse(text)).spec.groups[0].rules;
}

const datasource = z.strictObject({ type: z.literal("prometheus"), uid: z.literal(`\${datasource}`) });
const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.enum(["row", "stat", "timeseries"]),
      title: z.string(),
      gridPos: z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      datasource: datasource.optional(),
      targets: z.array(z.object({ datasource, expr: z.string() })).default([]),
    }),
  ),
});

export interface DashboardPanel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** As Grafana asks them, with its variables. */
  readonly exprs: readonly string[];
}

/** The panels of the dashboard, rows included. */
export function dashboardPanels(): readonly DashboardPanel[] {
  const text = readFileSync(join(folder, "dashboard.json"), "utf8");
  return dashboardSchema
    .parse(JSON.parse(text))
    .panels.map(({ targets, ...panel }) => ({ ...panel, exprs: targets.map(({ expr }) => expr) }));
}
