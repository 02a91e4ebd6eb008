import { lookSign, startSign } from "../../engine/sequential/sign-test.ts";
import type { GaugeMetric } from "../spec/model.ts";
import type { GaugeMean, GaugeMetricState } from "./state.ts";

const none: GaugeMean = { sum: 0, looks: 0 };

export function startGaugeMetric(): GaugeMetricState {
  return {
    kind: "gauge",
    fail: startSign(),
    pass: startSign(),
    blocks: 0,
    missedBlocks: 0,
    block: { canary: none, baseline: none },
    total: { canary: none, baseline: none },
  };
}

/** Adds one look's aggregated values; a cohort without a value adds nothing. */
export function lookGaugeMetric(
  state: GaugeMetricState,
  value: { readonly canary: number | null; readonly baseline: number | null },
): GaugeMetricState {
  const add = (means: GaugeMetricState["block"]) => ({
    canary: addValue(means.canary, value.canary),
    baseline: addValue(means.baseline, value.baseline),
  });
  return { ...state, block: add(state.block), total: add(state.total) };
}

/**
 * Closes the running block: one observation for the sign test, since looks that
 * follow each other closely are not independent (stats.md §3.6). A block that
 * one cohort has no value in says nothing. A margin under 1 asks for at least so
 * much, so there less is worse.
 */
export function closeBlock(metric: GaugeMetric, state: GaugeMetricState): GaugeMetricState {
  const canary = mean(state.block.canary);
  const baseline = mean(state.block.baseline);
  const closed = { ...state, block: { canary: none, baseline: none } };
  if (canary === null || baseline === null) return { ...closed, missedBlocks: state.missedBlocks + 1 };
  const sign = metric.failAbove < 1 ? -1 : 1;
  const isBeyond = (margin: number) => isAbove(sign * canary, sign * baseline * margin);
  const isWithin = (margin: number) => isAbove(sign * baseline * margin, sign * canary);
  return {
    ...closed,
    blocks: state.blocks + 1,
    missedBlocks: 0,
    fail: lookSign(state.fail, isBeyond(metric.failAbove)),
    pass: lookSign(state.pass, isWithin(metric.passBelow)),
  };
}

/** The mean of the values so far; null when there were none. */
function mean({ sum, looks }: GaugeMean): number | null {
  return looks === 0 ? null : sum / looks;
}

function addValue(known: GaugeMean, value: number | null): GaugeMean {
  return value === null ? known : { sum: known.sum + value, looks: known.looks + 1 };
}

/** Null is a tie, which says nothing to the sign test. */
function isAbove(a: number, b: number): boolean | null {
  return a === b ? null : a > b;
}
