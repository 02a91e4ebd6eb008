// Whether the evidence of a question has the shape of the tests it belongs to.

import type { Problem } from "../../base/errors.ts";
import type { CompareState } from "../../engine/sequential/compare-test.ts";
import type { EvidenceState } from "../../engine/sequential/evidence.ts";
import { betterGrid, worseGrid } from "../../engine/sequential/grids.ts";
import type { QuestionState } from "../advance/state.ts";
import type { Layout } from "../latency/layout.ts";
import { lengthProblems } from "./length-problems.ts";

type Grid = readonly number[];

/** Problems of one question's evidence on both sides, after so many committed ticks of the analysis. */
export function questionProblems(
  path: string,
  question: QuestionState,
  layout: Layout,
  ticks: number,
): Problem[] {
  switch (question.kind) {
    case "limit":
      return [
        ...evidenceProblems(`${path}.fail`, question.fail, worseGrid, ticks),
        ...evidenceProblems(`${path}.pass`, question.pass, betterGrid, ticks),
      ];
    case "slower":
      return [
        ...compareProblems(`${path}.fail`, question.fail, worseGrid, ticks),
        ...compareProblems(`${path}.pass`, question.pass, betterGrid, ticks),
      ];
    case "compare": {
      const each = (at: string, side: readonly CompareState[], grid: Grid) => [
        ...lengthProblems(at, side, layout.compare.length, "one a boundary that is compared"),
        ...side.flatMap((one, i) => compareProblems(`${at}.${i}`, one, grid, ticks)),
      ];
      return [
        ...each(`${path}.fail`, question.fail, worseGrid),
        ...each(`${path}.pass`, question.pass, betterGrid),
      ];
    }
  }
}

/** Problems of one comparison with the alternatives of this grid. */
export function compareProblems(path: string, { evidence }: CompareState, grid: Grid, ticks: number) {
  return evidenceProblems(`${path}.evidence`, evidence, grid, ticks);
}

function evidenceProblems(path: string, state: EvidenceState, grid: Grid, ticks: number): Problem[] {
  const because = "one a point of the grid";
  const problems = [
    ...lengthProblems(`${path}.logS`, state.logS, grid.length, because),
    ...lengthProblems(`${path}.running`, state.running, grid.length, because),
  ];
  // A question may begin after the analysis, once its boundaries are known, but never before it.
  if (state.tick > ticks) {
    const message = `expected at most the ${ticks} of the analysis, got ${state.tick}`;
    problems.push({ path: `${path}.tick`, message });
  }
  return problems;
}
