/** A query's answer. */
import type { LookRecord } from "../../analysis/analysis-record.ts";
import type { CallerAnalyses } from "../../analysis/restricted-analyses.ts";
import { CoalmineError } from "../../base/errors.ts";
import { unreachable } from "../../base/unreachable.ts";
import { findAnalyses } from "./find-analyses.ts";
import { compileMatchers } from "./label-matching.ts";
import { type MetricSeries, seriesOf } from "./metric-series.ts";
import { parseQuery } from "./parse-query.ts";
import { matrixOf, requirePoints } from "./past-values.ts";
import { readQuestion } from "./read-question.ts";
import { type PrometheusData, pointAt, reasonsOf, vectorOf } from "./write-answer.ts";

export interface Answer {
  readonly data: PrometheusData;
  readonly warnings: readonly string[];
}

/** How far from now the time of an instant query may be: callers' clocks differ. */
const presentMs = 5 * 60_000;

/**
 * Answers a query as of now.
 *
 * @param time what the answer is stamped with, in milliseconds; now if null.
 * @throws CoalmineError invalid-spec and invalid-request for what cannot be
 *   read or is not of the present, and as `Analyses.put` does.
 */
export async function evaluateInstant(
  analyses: CallerAnalyses,
  text: string,
  time: number | null,
  now: number,
): Promise<Answer> {
  const query = parseQuery(text);
  const at = time ?? now;
  switch (query.kind) {
    case "scalar":
      return { data: { resultType: "scalar", result: pointAt(at, query.value) }, warnings: [] };
    case "vector": {
      const result = [{ metric: {}, value: pointAt(at, query.value) }];
      return { data: { resultType: "vector", result }, warnings: [] };
    }
    case "series": {
      if (Math.abs(at - now) > presentMs) throw notPresent(at, now);
      const { series, warnings } = await evaluateSeries(analyses, query, now);
      return { data: vectorOf(series, at), warnings };
    }
    default:
      return unreachable(query);
  }
}

/**
 * Answers a query at each of some times, from what the analyses kept of their looks.
 *
 * @throws as {@link evaluateInstant} does, and too-large for an answer of too many points.
 */
export async function evaluateRange(
  analyses: CallerAnalyses,
  text: string,
  times: readonly number[],
  now: number,
): Promise<Answer> {
  const query = parseQuery(text);
  if (query.kind === "series") {
    const { series, warnings } = await evaluateSeries(analyses, query, now);
    requirePoints(series.length, times.length);
    const paths = await pathsOf(analyses, query.metric === "coalmine_verdict" ? [] : series);
    return { data: matrixOf({ name: query.metric, series, paths, times, now }), warnings };
  }
  const values = times.map((time) => pointAt(time, query.value));
  return { data: { resultType: "matrix", result: [{ metric: {}, values }] }, warnings: [] };
}

async function evaluateSeries(
  analyses: CallerAnalyses,
  { metric, matchers }: Extract<ReturnType<typeof parseQuery>, { kind: "series" }>,
  now: number,
): Promise<{ readonly series: readonly MetricSeries[]; readonly warnings: readonly string[] }> {
  const question = readQuestion(metric, matchers);
  const matches = compileMatchers(question.matchers);
  const records = await findAnalyses(analyses, question, now);
  const series = records
    .flatMap((record) => seriesOf(metric, record))
    .filter(({ labels }) => matches(labels));
  return { series, warnings: reasonsOf([...new Set(series.map(({ record }) => record))]) };
}

/** The looks of each analysis that has a series. */
async function pathsOf(
  analyses: CallerAnalyses,
  series: readonly MetricSeries[],
): Promise<ReadonlyMap<string, readonly LookRecord[]>> {
  const ids = new Set(series.map(({ record }) => record.id));
  return new Map(await Promise.all([...ids].map(async (id) => [id, await analyses.looks(id)] as const)));
}

function notPresent(at: number, now: number): CoalmineError {
  const [asked, present] = [at, now].map((time) => new Date(time).toISOString());
  return new CoalmineError(
    "invalid-request",
    `only the present is known, which is ${present}, and the query asks for ${asked}; leave time out, or ask query_range`,
  );
}
