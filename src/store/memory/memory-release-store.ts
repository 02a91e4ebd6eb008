import type { ReleaseRecord, ReleaseStore } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";

export interface MemoryReleaseStoreOptions {
  /** How many releases are kept; 10,000 unless given. */
  readonly maxReleases?: number;
}

/**
 * Releases that live as long as their process. When it is full the one that was
 * put longest ago of those closed is forgotten; what is open never is, so where
 * all are open, a new one is refused as too-large.
 */
export function createMemoryReleaseStore({
  maxReleases = 10_000,
}: MemoryReleaseStoreOptions = {}): ReleaseStore {
  const open = new Map<string, ReleaseRecord>();
  /** Put longest ago first. */
  const closed = new Map<string, ReleaseRecord>();

  function makeRoom(): void {
    if (open.size + closed.size < maxReleases) return;
    const [oldest] = closed.keys();
    if (oldest === undefined) throw full(maxReleases);
    closed.delete(oldest);
  }

  return {
    async put(record) {
      const key = releaseKey(record.namespace, record.name);
      const wasOpen = open.delete(key);
      const wasClosed = closed.delete(key);
      if (!wasOpen && !wasClosed) makeRoom();
      (record.closedAt === null ? open : closed).set(key, record);
    },
    async get(namespace, name) {
      const key = releaseKey(namespace, name);
      return open.get(key) ?? closed.get(key) ?? null;
    },
    async listOpen() {
      return [...open.values()];
    },
  };
}

function releaseKey(namespace: string, name: string): string {
  return JSON.stringify([namespace, name]);
}

function full(maxReleases: number): CoalmineError {
  return new CoalmineError(
    "too-large",
    `no more than ${maxReleases} releases are kept, and all of them go on: none can be forgotten`,
  );
}
