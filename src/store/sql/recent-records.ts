import type { AnalysisRecord } from "../../analysis/analysis-record.ts";

/**
 * Analyses as this process read or wrote them last, so that one that has not
 * changed is not read and parsed again: a webhook asks for the same one many times
 * between two looks. Whether it has changed is the database's to say, by its
 * revision.
 */
export class RecentRecords {
  readonly #most: number;
  /** The latest used last. */
  readonly #byId = new Map<string, AnalysisRecord>();

  /** @param most how many are held; one takes some 20 KB. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Null unless it is held as of that revision. @param id as the column has it. */
  find(id: string, revision: number): AnalysisRecord | null {
    const record = this.#byId.get(id);
    if (record === undefined || record.revision !== revision) return null;
    this.keep(id, record);
    return record;
  }

  keep(id: string, record: AnalysisRecord): void {
    this.#byId.delete(id);
    this.#byId.set(id, record);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > this.#most && oldest !== undefined) this.#byId.delete(oldest);
  }
}
