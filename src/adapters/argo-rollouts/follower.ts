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
export async function knownAnalysis(follower: Follower, id: string): Promise<AnalysisRecord | null> {
  try {
    return await follower.get(id);
  } catch (thrown) {
    if (CoalmineError.from(thrown).code === "not-found") return null;
    throw thrown;
  }
}
