import type { AnalysisResult } from "../../analysis/result.ts";

/** Where an analysis is found, for `Location` and for `links`. */
export function pathTo(id: string): string {
  return `/v1/analyses/${encodeURIComponent(id)}`;
}

/** A kept analysis as the API tells it: with the ways on. */
export function published(result: AnalysisResult): AnalysisResult {
  const self = pathTo(result.id);
  return { ...result, links: { ...result.links, self, events: `${self}/events`, looks: `${self}/looks` } };
}
