/** Answers a read from what the scrapers remember, and says what they could not see. */
import type { SourceAnswer, TimeWindow } from "../../analysis/ports.ts";
import type { Selector } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";
import { unreachable } from "../../base/unreachable.ts";
import type { TargetState } from "./health-log.ts";
import { compileMatchers } from "./match.ts";
import type { TargetScraper } from "./target-scraper.ts";

/** How many targets a message names. */
const maxNamed = 5;

/**
 * The series that the selector matches, of every target, in the window.
 *
 * @param source Its name, for messages.
 * @throws CoalmineError query-rejected for a pattern that is none;
 *   source-unavailable where no target was seen for any part of the window.
 */
export function readMemory(
  source: string,
  scrapers: readonly TargetScraper[],
  selector: Selector,
  window: TimeWindow,
): SourceAnswer {
  const test = compileMatchers(selector);
  const problems: string[] = [];
  let seen = 0;
  for (const { target, health } of scrapers) {
    const state = health.over(window.from, window.to);
    if (state.kind === "up" || state.kind === "partlyDown") seen += 1;
    if (state.kind !== "up") problems.push(`${target.url} ${whatIsWrong(state)}`);
  }
  if (seen === 0) {
    const more = problems.length > maxNamed ? `; and ${problems.length - maxNamed} more` : "";
    throw new CoalmineError(
      "source-unavailable",
      `no target of source ${source} could be scraped: ${problems.slice(0, maxNamed).join("; ")}${more}`,
    );
  }
  const series = scrapers.flatMap(({ memory }) => memory.read(selector.metric, test, window.from, window.to));
  return { series, warnings: problems.map((problem) => `target ${problem}`) };
}

function whatIsWrong(state: Exclude<TargetState, { readonly kind: "up" }>): string {
  switch (state.kind) {
    case "partlyDown":
      return `could not be scraped for a part of the window: ${state.error}`;
    case "down":
      return `could not be scraped: ${state.error}`;
    case "unknown":
      return "has no scrape on record for the window";
    default:
      return unreachable(state);
  }
}
