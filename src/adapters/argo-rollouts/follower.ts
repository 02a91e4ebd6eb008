import { type Analyses, unknownAnalysis } from "../../analysis/analyses.ts";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import { CoalmineError } from "../../base/errors.ts";

/**
 * Who runs the analyses that the controller asks about: this process, whose
 * analyses it is a part of; or, for a plugin that holds none itself, a Coalmine
 * server behind the same four operations.
 */
export type Follower = Pick<Analyses, "get" | "adopt" | "setWeight" | "cancel">;

/**
 * The analyses of a server that several tenants ask, for what is about one
 * namespace: their ids begin with it, so that whoever may write in one namespace
 * can bring about nothing under an id that stands for a run of another.
 */
export function followerIn(namespace: string, analyses: Follower): Follower {
  const idOf = (id: string) => `${namespace}/${id}`;
  /** By its id alone: a key is anybody's choice. */
  const find = async (id: string): Promise<AnalysisRecord> => {
    const record = await analyses.get(idOf(id));
    if (record.id !== idOf(id)) throw unknownAnalysis(idOf(id));
    return record;
  };
  return {
    get: find,
    adopt: (adoption) => analyses.adopt({ ...adoption, id: idOf(adoption.id) }),
    setWeight: (id, weight) => analyses.setWeight(idOf(id), weight),
    cancel: async (id) => await analyses.cancel((await find(id)).id),
  };
}

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
