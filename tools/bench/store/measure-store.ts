import type { Change, NextLook } from "../../../src/analysis/analysis-record.ts";
import type { AnalysisStore } from "../../../src/analysis/ports.ts";

export interface Effort {
  readonly commits: number;
  readonly reads: number;
}

/** Milliseconds of each call, but for the rates. */
export interface StoreFigures {
  readonly insert: readonly number[];
  /** One after another: each is on the disk before the next. */
  readonly commit: readonly number[];
  readonly commitsASecond: number;
  /** 16 analyses, each one after another. */
  readonly parallelCommitsASecond: number;
  /** Processor time of this process a commit, one after another. */
  readonly commitCpu: number;
  /** What the next look goes on from. */
  readonly running: readonly number[];
  /** Of an hour. */
  readonly looks: readonly number[];
  readonly list100: readonly number[];
}

const parallel = 16;
const looksOfAnHour = 240;
const lookEveryMs = 15_000;

/** Measures a store that holds nothing yet by copies of the change. */
export async function measureStore(
  store: AnalysisStore,
  sample: Change,
  { commits, reads }: Effort,
): Promise<StoreFigures> {
  const changes = Array.from({ length: 100 }, (_, index) => withId(sample, `bench-${index}`));
  const insert = await timed(changes.map((change) => () => store.insert(change)));
  const [first, hour, ...others] = changes;
  if (first === undefined || hour === undefined) throw new RangeError("two changes are wanted");

  let last = await write(store, first, looksOfAnHour);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  last = await write(store, last.change, commits);
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);

  const parallelStartedAt = performance.now();
  await Promise.all(others.slice(0, parallel).map((change) => write(store, change, commits / parallel)));
  const parallelMs = performance.now() - parallelStartedAt;

  const { id } = hour.record;
  await write(store, hour, looksOfAnHour - 1);
  return {
    insert,
    commit: last.times,
    commitsASecond: (1_000 * commits) / tookMs,
    parallelCommitsASecond: (1_000 * commits) / parallelMs,
    commitCpu: (user + system) / 1_000 / commits,
    running: await repeated(reads, () => store.running(id)),
    looks: await repeated(reads, () => store.looks(id)),
    list100: await repeated(reads / 10, () => store.list({ limit: 100 })),
  };
}

/** So many looks more, each where the one before left it; answers what the next would commit. */
async function write(store: AnalysisStore, from: Change, commits: number) {
  let change = from;
  const times = await repeated(commits, async () => {
    if (!(await store.commit(change))) throw new Error("nobody else writes, and another was faster");
    change = following(change);
  });
  return { times, change };
}

function repeated(count: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  return timed(Array.from({ length: count }, () => call));
}

async function timed(calls: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const times: number[] = [];
  for (const call of calls) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times;
}

function withId({ record, ...change }: Change, id: string): Change {
  return { ...change, record: { ...record, id, result: { ...record.result, id } } };
}

function following({ record, look, next }: Change): Change {
  return {
    record: { ...record, revision: record.revision + 1 },
    look: look === null ? null : { ...look, at: new Date(Date.parse(look.at) + lookEveryMs).toISOString() },
    next: next === null ? null : later(next),
  };
}

function later({ at, dueAt, catchUpTo }: NextLook): NextLook {
  return { at: at + lookEveryMs, dueAt: dueAt + lookEveryMs, catchUpTo };
}
