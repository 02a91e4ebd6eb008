import type { Problem } from "../../base/errors.ts";
import { eventLayout, type Layout } from "../latency/layout.ts";
import type { Plan } from "../plan/plan.ts";
import { sameJson } from "../same-json.ts";
import type { CountMetric } from "../spec/count-metric.ts";

/** Why a metric's layout cannot be one that this plan chose, before any count is looked up by it. */
export function layoutProblems(
  plan: Plan,
  index: number,
  metric: CountMetric,
  layout: Layout | null,
  path: string,
): Problem[] {
  if (metric.kind !== "latency") {
    const fits = layout !== null && sameJson(layout, eventLayout);
    return fits ? [] : [{ path, message: `expected the one of ${metric.kind}, which has one count` }];
  }
  if (layout === null) return [];
  const query = plan.telemetry.queries[index];
  const unitSeconds = query?.kind === "latency" ? query.unitSeconds : 1;
  const wrong: readonly (readonly [key: string, isWrong: boolean, message: string])[] = [
    ["form", layout.form === "events", "expected that of a histogram"],
    ["unitSeconds", layout.unitSeconds !== unitSeconds, `expected ${unitSeconds}, as the telemetry has it`],
    ["boundaries", !isRising(layout.boundaries), "expected rising ones"],
    ["compare", metric.compare === null && layout.compare.length > 0, "the spec does not ask for it"],
    [
      "limit",
      (metric.limit === null) !== (layout.limit === null),
      "expected one exactly if the spec has one",
    ],
    [
      "slower",
      (metric.slower === null) !== (layout.slower === null),
      "expected one exactly if the spec has one",
    ],
    ["boundaries", lacksOne(layout), "fewer than the questions are about"],
  ];
  return wrong.flatMap(([key, isWrong, message]) => (isWrong ? [{ path: `${path}.${key}`, message }] : []));
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > (values[i - 1] ?? value));
}

function lacksOne({ boundaries, compare, limit, slower }: Layout): boolean {
  const used = [...compare, limit?.fail, limit?.pass, slower?.baseline, slower?.fail, slower?.pass];
  return used.some((at) => at !== undefined && at !== null && at >= boundaries.length);
}
