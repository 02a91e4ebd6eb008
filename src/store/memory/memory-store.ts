import type { AnalysisRecord, Change, NextLook } from "../../analysis/analysis-record.ts";
import type { AnalysisStore, ListFilter } from "../../analysis/ports.ts";
import { taken } from "../taken.ts";
import { addLook, type LookPath } from "./add-look.ts";
import type { MemoryAudit } from "./memory-audit.ts";

export interface MemoryStoreOptions {
  /** How many analyses are kept; beyond it those that ended longest ago are forgotten. */
  readonly maxRecords: number;
  /** How many looks are kept of each; 2,000 unless given. */
  readonly maxLooks?: number;
  /** Where entries go; nowhere unless given, as in a plugin, where nobody can ask for them. */
  readonly audit?: MemoryAudit;
}

interface Kept {
  readonly record: AnalysisRecord;
  readonly path: LookPath;
  readonly next: NextLook | null;
  readonly weight: number | null;
}

/**
 * A store that lives as long as its process: for trials, tests and plugins whose
 * host keeps the state. What runs is never forgotten, so it may hold more than
 * `maxRecords` while more than that run.
 */
export function createMemoryStore({
  maxRecords,
  maxLooks = 2_000,
  audit,
}: MemoryStoreOptions): AnalysisStore {
  /** In order of insertion, oldest first. */
  const analyses = new Map<string, Kept>();
  const idsByKey = new Map<string, string>();
  const running = new Set<string>();
  /** In the order of their ends: one that ran long has news when it ends, however long ago it was inserted. */
  const ended = new Set<string>();

  function keep({ record, look, next }: Change, before: Kept | null): void {
    const { path: known, weight } = before ?? { path: { looks: [], taken: 0 }, weight: null };
    const path = look === null ? known : addLook(known, look, maxLooks);
    const { id } = record;
    const isRunning = record.result.phase === "running";
    analyses.set(id, { record, path, next: isRunning ? next : null, weight });
    if (isRunning) running.add(id);
    else if (running.delete(id) || before === null) ended.add(id);
    for (const oldest of ended) {
      if (analyses.size <= maxRecords) return;
      forget(oldest);
    }
  }

  function forget(id: string): void {
    const key = analyses.get(id)?.record.key ?? null;
    if (key !== null) idsByKey.delete(key);
    analyses.delete(id);
    ended.delete(id);
  }

  function writeDown({ entry }: Change): void {
    if (entry !== undefined) audit?.add(entry);
  }

  function runningOnes(): readonly Kept[] {
    return [...running].flatMap((id) => analyses.get(id) ?? []);
  }

  return {
    async insert(change) {
      const { id, key } = change.record;
      if (analyses.has(id)) throw taken("id", id);
      if (key !== null && idsByKey.has(key)) throw taken("key", key);
      if (key !== null) idsByKey.set(key, id);
      writeDown(change);
      keep(change, null);
    },
    async commit(change) {
      const { record } = change;
      const before = analyses.get(record.id);
      if (before === undefined || before.record.revision !== record.revision) return false;
      writeDown(change);
      keep({ ...change, record: { ...record, revision: record.revision + 1 } }, before);
      return true;
    },
    async get(id) {
      return analyses.get(id)?.record ?? null;
    },
    async findByKey(key) {
      return analyses.get(idsByKey.get(key) ?? "")?.record ?? null;
    },
    async running(id) {
      const { record, next, weight } = analyses.get(id) ?? nothing;
      return record === null || next === null ? null : { record, next, weight };
    },
    async looks(id) {
      return analyses.get(id)?.path.looks ?? [];
    },
    async list(filter) {
      const all = [...analyses.values()].map(({ record }) => record).reverse();
      return all.filter(matches(filter)).slice(0, filter.limit);
    },
    async due({ before = Number.POSITIVE_INFINITY, limit }) {
      return runningOnes()
        .flatMap(({ record: { id, result }, next }) =>
          next === null ? [] : [{ id, namespace: result.namespace, dueAt: next.dueAt }],
        )
        .filter(({ dueAt }) => dueAt <= before)
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit);
    },
    async countRunning(namespace) {
      if (namespace === undefined) return running.size;
      return runningOnes().filter(({ record }) => record.result.namespace === namespace).length;
    },
    async revisions(ids) {
      const known = ids.flatMap((id) => analyses.get(id)?.record ?? []);
      return new Map(known.map(({ id, revision }) => [id, revision]));
    },
    async setWeight(id, weight) {
      const kept = analyses.get(id);
      if (kept !== undefined && kept.next !== null) analyses.set(id, { ...kept, weight });
    },
  };
}

const nothing = { record: null, next: null, weight: null };

function matches(filter: ListFilter): (record: AnalysisRecord) => boolean {
  return ({ result }) =>
    (filter.namespace === undefined || result.namespace === filter.namespace) &&
    (filter.service === undefined || result.service === filter.service) &&
    (filter.phase === undefined || result.phase === filter.phase);
}
