/** The analyses that a query is about. */
import { createHash } from "node:crypto";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { ListFilter } from "../../analysis/ports.ts";
import type { CallerAnalyses } from "../../analysis/restricted-analyses.ts";
import type { Matcher } from "../../analysis/selector.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { CoalmineError } from "../../base/errors.ts";
import { compileMatchers } from "./label-matching.ts";
import type { Question } from "./read-question.ts";

/** How many analyses a selection looks through, newest first. */
const mostListed = 1_000;

/** How many of a service's analyses are looked through for one of the same spec. */
const mostRecent = 20;

/**
 * Those that a question selects, newest first, or the one that it starts or
 * follows.
 *
 * @throws CoalmineError as `put` does, and invalid-request for a pattern that is none.
 */
export async function findAnalyses(
  analyses: CallerAnalyses,
  question: Question,
  now: number,
): Promise<readonly AnalysisRecord[]> {
  if (question.kind === "select") return await select(analyses, question.matchers);
  const { spec, key, maxAgeMs } = question;
  if (key !== null) return [(await analyses.put(key, spec)).record];
  return [await follow(analyses, spec, now - maxAgeMs)];
}

/**
 * The analysis of a spec that nobody gave a key: the one that runs, or one that
 * ended after `oldest`, or a new one. A verdict must not outlive its release,
 * and the same words may well be asked of the next one.
 */
async function follow(analyses: CallerAnalyses, spec: AnalysisSpec, oldest: number): Promise<AnalysisRecord> {
  // parseSpec writes the keys in one order, whatever the order of the labels.
  const base = `prometheus.${createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 32)}`;
  const { service, namespace } = spec;
  const recent = await analyses.list({ service, namespace, limit: mostRecent });
  const known = recent.find(({ key }) => key === base || key?.startsWith(`${base}.`) === true);
  for (let key = known?.key ?? base; ; ) {
    const { record, created } = await analyses.put(key, spec);
    const { decidedAt } = record.result;
    if (created || decidedAt === null || Date.parse(decidedAt) > oldest) return record;
    // Named after the one before it, so that all who ask at the same time start the same one.
    key = `${base}.${record.id}`;
  }
}

async function select(
  analyses: CallerAnalyses,
  matchers: readonly Matcher[],
): Promise<readonly AnalysisRecord[]> {
  const isNamed = matchers.some(({ label }) => label === "analysis" || label === "key");
  const matches = compileMatchers(matchers.filter(({ label }) => identity.has(label)));
  const found = (await candidates(analyses, matchers, isNamed)).filter(({ key, result }) =>
    matches({
      analysis: result.id,
      key: key ?? "",
      service: result.service,
      namespace: result.namespace,
    }),
  );
  return isNamed ? found : newestOfEach(found);
}

/** What an analysis is, as opposed to how it stands. */
const identity: ReadonlySet<string> = new Set(["analysis", "key", "service", "namespace"]);

async function candidates(
  analyses: CallerAnalyses,
  matchers: readonly Matcher[],
  isNamed: boolean,
): Promise<readonly AnalysisRecord[]> {
  const equal = (label: string) => matchers.find((one) => one.label === label && one.op === "=")?.value;
  const id = equal("analysis") || equal("key");
  if (id) return await known(analyses, id);
  const [service, namespace] = [equal("service"), equal("namespace")];
  const isOne = !isNamed && service !== undefined && namespace !== undefined;
  const filter: ListFilter = {
    ...(service === undefined ? {} : { service }),
    ...(namespace === undefined ? {} : { namespace }),
    limit: isOne ? 1 : mostListed,
  };
  return await analyses.list(filter);
}

async function known(analyses: CallerAnalyses, id: string): Promise<readonly AnalysisRecord[]> {
  try {
    return [await analyses.get(id)];
  } catch (thrown) {
    if (CoalmineError.from(thrown).code === "not-found") return [];
    throw thrown;
  }
}

/** An older analysis says nothing of what a service runs now. */
function newestOfEach(records: readonly AnalysisRecord[]): readonly AnalysisRecord[] {
  const seen = new Set<string>();
  return records.filter(({ result: { service, namespace } }) => {
    const name = JSON.stringify([service, namespace]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
