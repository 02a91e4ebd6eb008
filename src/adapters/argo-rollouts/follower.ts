import type { Analyses } from "../../analysis/analyses.ts";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import { CoalmineError } from "../../base/errors.ts";

/**
 * Who runs the analyses that the controller asks about: this process, whose
 * analyses it is a part of; or, for a plugin that holds none itself, a Coalmine
 * server behind the same four operations.
 */
export type Follower = Pick<Analyses, "get" | "adopt" | "setWeight" | "cancel">;

/** The analysis of that id, if the follower knows it. */
export function knownAnalysis(follower: Follower, id: string): Promise<AnalysisRecord | null> {
  return follower.get(id).catch(nullIfUnknown);
}

/** Ends the analysis of that id, if the follower knows it; one that has ended stays as it is. */
export function endAnalysis(follower: Follower, id: string): Promise<AnalysisRecord | null> {
  return follower.cancel(id).catch(nullIfUnknown);
}

function nullIfUnknown(thrown: unknown): null {
  if (CoalmineError.from(thrown).code === "not-found") return null;
  throw thrown;
}
