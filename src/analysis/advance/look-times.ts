import type { AnalysisSpec } from "../spec/model.ts";

/**
 * When the next look is due after `time`: every interval within a tick, at the
 * tick's end, and at the end of the duration. Looks are counted from the start
 * and not from each other, so that a late one moves none of the rest.
 */
export function nextLookAfter(spec: AnalysisSpec, startedAt: number, time: number): number {
  const elapsed = Math.max(0, time - startedAt);
  const tickStart = Math.floor(elapsed / spec.tickMs) * spec.tickMs;
  const looked = Math.floor((elapsed - tickStart) / spec.intervalMs);
  const inTick = tickStart + (looked + 1) * spec.intervalMs;
  const due = startedAt + Math.min(inTick, tickStart + spec.tickMs);
  const end = startedAt + spec.durationMs;
  return time < end ? Math.min(due, end) : time + spec.intervalMs;
}

/** Ticks whose end is at or before `time`. */
export function ticksEndedBy(spec: AnalysisSpec, startedAt: number, time: number): number {
  return Math.floor((Math.min(time, startedAt + spec.durationMs) - startedAt) / spec.tickMs);
}
