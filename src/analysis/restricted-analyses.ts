import type { Caller, Scope } from "../base/access.ts";
import { CoalmineError } from "../base/errors.ts";
import { type Analyses, unknownAnalysis } from "./analyses.ts";
import type { AnalysisRecord } from "./analysis-record.ts";
import type { ListFilter } from "./ports.ts";
import type { AnalysisResult } from "./result.ts";
import { sameJson } from "./same-json.ts";
import type { AnalysisSpec } from "./spec/model.ts";

/** What callers may ask; the life of the process is its owner's, and their name in the audit not theirs to choose. */
export type CallerAnalyses = Omit<Analyses, "resume" | "close" | "running" | "askedBy">;

/**
 * The analyses as one caller may see them: those of its namespaces. It starts
 * and judges there only; another's analysis is, to it, not there. What asks
 * takes the scope `read`, what changes something `write`, and stands in the audit
 * under the caller's name.
 *
 * Keys are one space for all, so a caller learns that a key is taken, but
 * neither by whom nor for what.
 *
 * @throws CoalmineError forbidden, for a spec of another namespace, and for what
 *   takes a scope that the caller lacks; otherwise as {@link Analyses} does.
 */
export function restrictAnalyses(all: Analyses, caller: Caller): CallerAnalyses {
  const analyses = all.askedBy({ caller: caller.name });
  const isOurs = ({ result: { namespace } }: AnalysisRecord) =>
    caller.mayRead(namespace) || caller.mayWrite(namespace);

  /** The analysis, if the caller may do this with it; to see that it is there takes either scope. */
  async function find(scope: Scope, id: string): Promise<AnalysisRecord> {
    const record = await analyses.get(id);
    if (!isOurs(record)) throw unknownAnalysis(id);
    requireRight(caller, scope, record.result.namespace);
    return record;
  }

  /** The conflict over a key or an id, without a word of the analysis that holds it unless it is the caller's. */
  async function conflictOf(error: CoalmineError, key: string): Promise<CoalmineError> {
    const holder = await analyses.get(key).catch(() => null);
    return holder !== null && isOurs(holder) ? error : taken(key);
  }

  /** What {@link Analyses.put} would answer without starting anything; for callers that may only read. */
  async function putBefore(key: string, spec: AnalysisSpec): Promise<AnalysisRecord | null> {
    const holder = await analyses.get(key).catch(() => null);
    return holder !== null && holder.key === key && sameJson(holder.spec, spec) ? holder : null;
  }

  async function list(filter: ListFilter): Promise<readonly AnalysisRecord[]> {
    if (filter.namespace !== undefined && !caller.mayRead(filter.namespace)) return [];
    // The store knows no callers: it is asked for more until enough of what it answers is the caller's.
    for (let limit = filter.limit; ; limit *= 4) {
      const answered = await analyses.list({ ...filter, limit });
      const ours = answered.filter(({ result }) => caller.mayRead(result.namespace));
      if (ours.length >= filter.limit || answered.length < limit) return ours.slice(0, filter.limit);
    }
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<AnalysisResult, void> {
    const { id: ours } = await find("read", id);
    yield* analyses.watch(ours, signal);
  }

  return {
    async start(spec, key) {
      requireRight(caller, "write", spec.namespace);
      return await analyses.start(spec, key);
    },
    async put(key, spec) {
      if (!caller.mayWrite(spec.namespace) && caller.mayRead(spec.namespace)) {
        const record = await putBefore(key, spec);
        if (record !== null) return { record, created: false };
      }
      requireRight(caller, "write", spec.namespace);
      try {
        return await analyses.put(key, spec);
      } catch (thrown) {
        const error = CoalmineError.from(thrown);
        throw error.code === "conflict" ? await conflictOf(error, key) : error;
      }
    },
    async adopt(adoption) {
      requireRight(caller, "write", adoption.spec.namespace);
      const record = await analyses.adopt(adoption);
      // An analysis that somebody else gave this id, or this key, decides nothing of the caller's.
      if (!isOurs(record)) throw taken(adoption.id);
      return record;
    },
    setWeight(id, weight) {
      // One that is unknown, or another's, does not run for the caller: the weight means nothing.
      void find("write", id).then(
        (record) => analyses.setWeight(record.id, weight),
        () => undefined,
      );
    },
    get: (id) => find("read", id),
    list,
    looks: async (id) => await analyses.looks((await find("read", id)).id),
    cancel: async (id) => await analyses.cancel((await find("write", id)).id),
    watch,
    async judge(request, signal) {
      requireRight(caller, "read", request.spec.namespace);
      return await analyses.judge(request, signal);
    },
  };
}

/** @throws CoalmineError forbidden if the caller may not do such things in the namespace; the message says what to change. */
export function requireRight(caller: Caller, scope: Scope, namespace: string): void {
  const isAllowed = scope === "read" ? caller.mayRead(namespace) : caller.mayWrite(namespace);
  if (isAllowed) return;
  caller.onRefused?.();
  throw forbidden(caller, scope, namespace);
}

function forbidden(caller: Caller, scope: Scope, namespace: string): CoalmineError {
  const where = namespace === "" ? "without a namespace" : `in the namespace ${JSON.stringify(namespace)}`;
  const isOurs = caller.mayRead(namespace) || caller.mayWrite(namespace);
  const lack = isOurs
    ? `${JSON.stringify(scope)} to its scopes`
    : `${JSON.stringify(namespace === "" ? "*" : namespace)} to its namespaces`;
  return new CoalmineError(
    "forbidden",
    `the token ${caller.name} may not ${scope} ${where}; add ${lack} in the server's settings, or use another token`,
  );
}

function taken(key: string): CoalmineError {
  return new CoalmineError(
    "conflict",
    `the key ${JSON.stringify(key)} is that of another analysis; take another key`,
  );
}
