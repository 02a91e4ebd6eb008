import type { Adoption, Analyses } from "../../../analysis/analyses.ts";
import type { AnalysisRecord } from "../../../analysis/analysis-record.ts";
import { sameJson } from "../../../analysis/same-json.ts";
import type { AnalysisSpec } from "../../../analysis/spec/model.ts";
import { CoalmineError } from "../../../base/errors.ts";
import { analysisId } from "./analysis-id.ts";
import type { Release } from "./release.ts";

export type Opening =
  | { readonly kind: "opened"; readonly record: AnalysisRecord; readonly attempt: number }
  /** Too many run, or the server shuts down: it may be tried again. */
  | { readonly kind: "refused"; readonly why: string };

/** How many ids are tried: they are taken where an earlier store knew this Canary and the present one does not. */
const mostTries = 100;

/**
 * Opens the analysis of a release, or takes up the one of it that another
 * process has opened.
 *
 * @throws CoalmineError invalid-spec for a source that is not known.
 */
export async function openAnalysis(
  analyses: Pick<Analyses, "adopt">,
  release: Release,
  spec: AnalysisSpec,
  startedAt: number,
): Promise<Opening> {
  try {
    for (let attempt = release.attempt; attempt < release.attempt + mostTries; attempt++) {
      const adoption = { id: analysisId({ ...release, attempt }), spec, startedAt, state: null };
      const record = await analyses.adopt(adoption);
      if (isOf(record, adoption)) return { kind: "opened", record, attempt };
    }
  } catch (thrown) {
    const { code, message } = CoalmineError.from(thrown);
    if (code === "too-large" || code === "source-unavailable") return { kind: "refused", why: message };
    throw thrown;
  }
  throw new CoalmineError("conflict", `the ids of ${mostTries} analyses of this revision are taken`);
}

function isOf({ result, spec }: AnalysisRecord, adoption: Adoption): boolean {
  if (Date.parse(result.startedAt) === adoption.startedAt) return true;
  return result.phase === "running" && sameJson(spec, adoption.spec);
}
