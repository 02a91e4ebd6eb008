import { CoalmineError, type Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import type { AnalysisState } from "../advance/state.ts";
import type { Plan } from "../plan/plan.ts";
import { zodProblems } from "../spec/zod-problems.ts";
import { fitProblems } from "./fit-problems.ts";
import { stateSchema } from "./state-schema.ts";

/** A state of another spec is wrong everywhere; the first few say what it is. */
const mostTold = 5;

/**
 * Reads a saved state (what `writeState` made, or JSON.parse of the state
 * itself) to go on from in the analysis of this plan.
 *
 * It refuses what has not the form of a state and what cannot have come from
 * this plan: other metrics, questions, boundaries, grids, sources, or counts
 * that contradict the evidence. It cannot tell specs apart that differ in their
 * numbers alone (a margin, a budget), so a state is kept beside its spec; nor what
 * fits and is merely untrue, such as a pod struck out, so a text that may be
 * damaged needs a checksum.
 *
 * @throws CoalmineError invalid-request with every problem and its path.
 */
export function readState(value: unknown, plan: Plan): AnalysisState {
  const parsed = safeParse(stateSchema, value);
  if (!parsed.success) throw refused(zodProblems(parsed.error.issues));
  const state: AnalysisState = parsed.data;
  const problems = fitProblems(plan, state);
  if (problems.length > 0) throw refused(problems);
  return state;
}

function refused(problems: readonly Problem[]): CoalmineError {
  const told = problems
    .slice(0, mostTold)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (problems.length > mostTold) told.push(`and ${problems.length - mostTold} more`);
  const text = `the saved state cannot be gone on from; start the analysis anew: ${told.join("; ")}`;
  return new CoalmineError("invalid-request", text, { problems });
}
