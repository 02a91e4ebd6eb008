import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { AnalysisStore, ListFilter } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";

export interface MemoryStoreOptions {
  /** How many analyses are kept; beyond it those that ended longest ago are forgotten. */
  readonly maxRecords: number;
}

/**
 * A store that lives as long as its process: for trials, tests and single
 * servers whose verdicts are kept elsewhere. What runs is never forgotten, so it
 * may hold more than `maxRecords` while more than that run.
 */
export function createMemoryStore({ maxRecords }: MemoryStoreOptions): AnalysisStore {
  /** In order of insertion, oldest first. */
  const records = new Map<string, AnalysisRecord>();
  const idsByKey = new Map<string, string>();
  /** In the order of their ends: one that ran long has news when it ends, however long ago it was inserted. */
  const ended = new Set<string>();

  function keep(record: AnalysisRecord): void {
    records.set(record.id, record);
    if (record.result.phase !== "running") ended.add(record.id);
    for (const id of ended) {
      if (records.size <= maxRecords) return;
      forget(id);
    }
  }

  function forget(id: string): void {
    const key = records.get(id)?.key ?? null;
    if (key !== null) idsByKey.delete(key);
    records.delete(id);
    ended.delete(id);
  }

  return {
    async insert(record) {
      if (records.has(record.id)) throw taken("id", record.id);
      if (record.key !== null && idsByKey.has(record.key)) throw taken("key", record.key);
      if (record.key !== null) idsByKey.set(record.key, record.id);
      keep(record);
    },
    async update(record) {
      if (!records.has(record.id)) {
        throw new CoalmineError("not-found", `no analysis has the id ${JSON.stringify(record.id)}`);
      }
      keep(record);
    },
    async get(id) {
      return records.get(id) ?? null;
    },
    async findByKey(key) {
      return records.get(idsByKey.get(key) ?? "") ?? null;
    },
    async list(filter) {
      return [...records.values()].reverse().filter(matches(filter)).slice(0, filter.limit);
    },
  };
}

function matches(filter: ListFilter): (record: AnalysisRecord) => boolean {
  return ({ result }) =>
    (filter.namespace === undefined || result.namespace === filter.namespace) &&
    (filter.service === undefined || result.service === filter.service) &&
    (filter.phase === undefined || result.phase === filter.phase);
}

function taken(what: "id" | "key", value: string): CoalmineError {
  return new CoalmineError("conflict", `the ${what} ${JSON.stringify(value)} is taken by another analysis`);
}
