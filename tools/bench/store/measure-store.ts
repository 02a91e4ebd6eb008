import type { AnalysisRecord, LookRecord } from "../../../src/analysis/analysis-record.ts";
import type { AnalysisStore } from "../../../src/analysis/ports.ts";

export interface Effort {
  readonly updates: number;
  readonly reads: number;
}

/** Milliseconds of each call, but for the rates. */
export interface StoreFigures {
  readonly insert: readonly number[];
  /** One after another: each is on the disk before the next. */
  readonly update: readonly number[];
  readonly updatesASecond: number;
  /** 16 analyses, each one after another. */
  readonly parallelUpdatesASecond: number;
  /** Processor time of this process an update, one after another. */
  readonly updateCpu: number;
  /** With 240 looks, which is an hour of them. */
  readonly get: readonly number[];
  readonly list100: readonly number[];
}

const parallel = 16;
const looksOfAnHour = 240;

/** Measures a store that holds nothing yet by copies of the record. */
export async function measureStore(
  store: AnalysisStore,
  sample: AnalysisRecord,
  { updates, reads }: Effort,
): Promise<StoreFigures> {
  const records = Array.from({ length: 100 }, (_, index) => withId(sample, `bench-${index}`));
  const insert = await timed(records.map((record) => () => store.insert(record)));
  const [first] = records;
  if (first === undefined) throw new RangeError("a record is wanted");

  await write(store, first, looksOfAnHour);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const update = await write(store, first, updates);
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);

  const writers = records.slice(1, parallel + 1);
  const parallelStartedAt = performance.now();
  await Promise.all(writers.map((record) => write(store, record, updates / parallel)));
  const parallelMs = performance.now() - parallelStartedAt;

  const hour = withId(sample, "hour");
  await store.insert({
    ...hour,
    looks: Array.from({ length: looksOfAnHour }, (_, index) => lookOf(hour, index)),
  });
  return {
    insert,
    update,
    updatesASecond: (1_000 * updates) / tookMs,
    parallelUpdatesASecond: (1_000 * updates) / parallelMs,
    updateCpu: (user + system) / 1_000 / updates,
    get: await timed(Array.from({ length: reads }, () => () => store.get("hour"))),
    list100: await timed(Array.from({ length: reads / 10 }, () => () => store.list({ limit: 100 }))),
  };
}

/** So many updates, each with a look more. */
function write(store: AnalysisStore, record: AnalysisRecord, updates: number): Promise<readonly number[]> {
  let looks: readonly LookRecord[] = [];
  const next = (_: unknown, index: number) => () => {
    looks = index % looksOfAnHour === 0 ? [lookOf(record, index)] : [...looks, lookOf(record, index)];
    return store.update({ ...record, looks });
  };
  return timed(Array.from({ length: updates }, next));
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

function withId(record: AnalysisRecord, id: string): AnalysisRecord {
  return { ...record, id, result: { ...record.result, id } };
}

function lookOf({ looks: [look], result }: AnalysisRecord, index: number): LookRecord {
  const at = new Date(Date.parse(result.startedAt) + 15_000 * index).toISOString();
  return { score: result.score, evidence: look?.evidence ?? [], at };
}
