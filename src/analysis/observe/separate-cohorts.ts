import { CoalmineError } from "../../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Series } from "../ports.ts";
import { renderSelector } from "../selector.ts";
import type { Answered } from "./read-all.ts";

/**
 * Refuses cohorts that share a series: what is summed on both sides can never
 * differ, and a bad canary would pass.
 *
 * @throws CoalmineError invalid-spec, naming the series and both selectors.
 */
export function requireSeparateCohorts(plan: Plan, answered: readonly Answered[]): void {
  for (const canary of answered) {
    if (canary.read.cohort !== "canary") continue;
    const baseline = answered.find((other) => isCounterpart(other, canary));
    if (baseline === undefined) continue;
    const known = new Set(baseline.answer.series.map(labelsKey));
    const shared = canary.answer.series.find((series) => known.has(labelsKey(series)));
    if (shared === undefined) continue;
    const name = plan.spec.metrics[canary.read.metric]?.name ?? "";
    const message =
      `metric ${name}: canary and baseline overlap, both select ${labelsText(shared)}; ` +
      `canary ${renderSelector(canary.read.selector)}, baseline ${renderSelector(baseline.read.selector)}`;
    throw new CoalmineError("invalid-spec", message, { problems: [{ path: "cohorts", message }] });
  }
}

function isCounterpart(other: Answered, { read }: Answered): boolean {
  if (other.read.cohort !== "baseline" || other.read.metric !== read.metric) return false;
  const { role } = other.read;
  if (role.kind === "counter" && read.role.kind === "counter") return role.part === read.role.part;
  if (role.kind === "allBuckets" && read.role.kind === "allBuckets") return role.form === read.role.form;
  return role.kind === read.role.kind;
}

function labelsKey({ labels }: Series): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsText({ labels }: Series): string {
  const text = Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");
  return `{${text.length > 300 ? `${text.slice(0, 300)}…` : text}}`;
}
