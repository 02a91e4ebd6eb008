/** The phases of Argo's measurements. */
import type { MeasurementPhase } from "./metric-provider.ts";

/** By what the controller calls them; whatever is not completed is in progress. */
const phases: ReadonlyMap<string, MeasurementPhase> = new Map([
  ["", "Running"],
  ["Pending", "Running"],
  ["Running", "Running"],
  ["Successful", "Successful"],
  ["Failed", "Failed"],
  ["Inconclusive", "Inconclusive"],
  ["Error", "Error"],
]);

/** The phase of that name, "" being that of a measurement that is new; undefined if Argo has none of it. */
export function phaseCalled(name: string): MeasurementPhase | undefined {
  return phases.get(name);
}

const countedPhases: readonly string[] = ["Successful", "Failed", "Inconclusive"];

/**
 * How many measurements have been completed and were no Errors. The controller
 * keeps its last ten, and counts them all.
 *
 * @param kept the phases of those that it keeps.
 * @param counted what it counted; 0 at first.
 */
export function countMeasured(kept: readonly string[], counted: number): number {
  return Math.max(kept.filter((phase) => countedPhases.includes(phase)).length, counted);
}
