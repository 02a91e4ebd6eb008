import type { Caller } from "../base/access.ts";
import { CoalmineError } from "../base/errors.ts";
import { type Analyses, unknownAnalysis } from "./analyses.ts";
import type { AnalysisRecord } from "./analysis-record.ts";
import type { ListFilter } from "./ports.ts";
import type { AnalysisResult } from "./result.ts";

/** What callers may ask; the life of the process is its owner's. */
export type CallerAnalyses = Omit<Analyses, "resume" | "close" | "running">;

/**
 * The analyses as one caller may see them: those of its namespaces. It starts
 * and judges there only; another's analysis is, to it, not there.
 *
 * Keys are one space for all, so a caller learns that a key is taken, but
 * neither by whom nor for what.
 *
 * @throws CoalmineError forbidden, from what starts, adopts or judges a spec of
 *   another namespace; otherwise as {@link Analyses} does.
 */
export function restrictAnalyses(analyses: Analyses, caller: Caller): CallerAnalyses {
  const isOurs = ({ result }: AnalysisRecord) => caller.mayActIn(result.namespace);

  function requireRight(namespace: string): void {
    if (!caller.mayActIn(namespace)) throw forbidden(caller, namespace);
  }

  async function get(id: string): Promise<AnalysisRecord> {
    const record = await analyses.get(id);
    if (!isOurs(record)) throw unknownAnalysis(id);
    return record;
  }

  /** The conflict over a key or an id, without a word of the analysis that holds it unless it is the caller's. */
  async function conflictOf(error: CoalmineError, key: string): Promise<CoalmineError> {
    const holder = await analyses.get(key).catch(() => null);
    return holder !== null && isOurs(holder) ? error : taken(key);
  }

  async function list(filter: ListFilter): Promise<readonly AnalysisRecord[]> {
    if (filter.namespace !== undefined && !caller.mayActIn(filter.namespace)) return [];
    // The store knows no callers: it is asked for more until enough of what it answers is the caller's.
    for (let limit = filter.limit; ; limit *= 4) {
      const answered = await analyses.list({ ...filter, limit });
      const ours = answered.filter(isOurs);
      if (ours.length >= filter.limit || answered.length < limit) return ours.slice(0, filter.limit);
    }
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<AnalysisResult, void> {
    const { id: ours } = await get(id);
    yield* analyses.watch(ours, signal);
  }

  return {
    async start(spec, key) {
      requireRight(spec.namespace);
      return await analyses.start(spec, key);
    },
    async put(key, spec) {
      requireRight(spec.namespace);
      try {
        return await analyses.put(key, spec);
      } catch (thrown) {
        const error = CoalmineError.from(thrown);
        throw error.code === "conflict" ? await conflictOf(error, key) : error;
      }
    },
    async adopt(adoption) {
      requireRight(adoption.spec.namespace);
      const record = await analyses.adopt(adoption);
      // An analysis that somebody else gave this id, or this key, decides nothing of the caller's.
      if (!isOurs(record)) throw taken(adoption.id);
      return record;
    },
    setWeight(id, weight) {
      // One that is unknown, or another's, does not run for the caller: the weight means nothing.
      void get(id).then(
        (record) => analyses.setWeight(record.id, weight),
        () => undefined,
      );
    },
    get,
    list,
    cancel: async (id) => await analyses.cancel((await get(id)).id),
    watch,
    async judge(request, signal) {
      requireRight(request.spec.namespace);
      return await analyses.judge(request, signal);
    },
  };
}

/** What a caller is told of a namespace that is not among its own. */
export function forbidden({ name }: Caller, namespace: string): CoalmineError {
  const where = namespace === "" ? "without a namespace" : `in the namespace ${JSON.stringify(namespace)}`;
  const wanted = namespace === "" ? "*" : namespace;
  return new CoalmineError(
    "forbidden",
    `the token ${name} may not act ${where}; add ${JSON.stringify(wanted)} to its namespaces in the server's settings, or use another token`,
  );
}

function taken(key: string): CoalmineError {
  return new CoalmineError(
    "conflict",
    `the key ${JSON.stringify(key)} is that of another analysis; take another key`,
  );
}
