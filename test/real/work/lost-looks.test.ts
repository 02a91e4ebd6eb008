/** What becomes of looks when replicas, or the database, go away. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { observeTakes } from "../../support/observe-takes.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { usePostgres } from "../store/use-postgres.ts";
import { takeFrom } from "./due-table.ts";
import { startQueueProcess } from "./start-queue-process.ts";
import { emptyQueueDatabase } from "./use-queue.ts";

const postgres = usePostgres();
const hour = 3_600_000;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`);
const dueNow = (count: number, namespace = "shop") =>
  ids(count).map((id) => ({ id, namespace, dueAt: Date.now() }));
const patient = { timeout: 60_000 };
/** The machine's clock, by which every wait takes so many times as long. */
const slowed = (times: number): Clock => ({
  now: systemClock.now,
  until: (time, signal) => {
    const now = systemClock.now();
    return systemClock.until(now + times * (time - now), signal);
  },
});

it("three replicas take each look once, all of them some", async () => {
  const { url, openQueue, insert, query } = await emptyQueueDatabase(postgres);
  // It makes the schema, and takes none.
  await openQueue();
  // No look ends before each of the three is at one: the fastest might else have taken all.
  const looking = { lookMs: 20, looks: 5, intervalMs: 100, together: 3 };
  const options = { ...looking, concurrency: 4, pollMs: 50, overdueMs: hour };
  await Promise.all(["x", "y", "z"].map((by) => startQueueProcess(url, { ...options, by })));
  await insert(...dueNow(60));
  await expect.poll(() => query("select from due where due_at is not null"), patient).toEqual([]);
  expect(await query("select from taken")).toHaveLength(300);
  expect(await query("select from calls")).toHaveLength(300);
  expect(await query("select from calls where is_retry")).toEqual([]);
  expect(await query("select distinct by from taken")).toHaveLength(3);
  await expect.poll(() => query("select from graphile_worker.jobs"), patient).toEqual([]);
});

it("looks of a replica that was killed are taken by another, as lost ones, each once", async () => {
  const { url, openQueue, insert, query } = await emptyQueueDatabase(postgres);
  await openQueue();
  const options = { looks: 2, intervalMs: 50, concurrency: 4, pollMs: 50, overdueMs: hour / 2, sweepMs: 100 };
  const killed = await startQueueProcess(url, { ...options, by: "killed", lookMs: hour });
  await insert(...dueNow(6));
  await expect.poll(() => query("select from calls"), patient).toHaveLength(4);
  await killed.kill();
  // An hour passes: nothing that goes on now is so slow that it counts as lost.
  await query(`update due set due_at = due_at - ${hour}`);
  await query(
    "update graphile_worker._private_jobs set locked_at = locked_at - interval '1 hour' where locked_at is not null",
  );
  await startQueueProcess(url, { ...options, by: "other", lookMs: 0 });
  await expect.poll(() => query("select from due where due_at is not null"), patient).toEqual([]);
  expect(await query("select by, count(*)::int from taken group by by")).toEqual([
    { by: "other", count: 12 },
  ]);
  const calls = "select is_retry, count(*)::int from calls where by = 'other' group by is_retry order by 1";
  expect(await query(calls)).toEqual([
    { is_retry: false, count: 8 },
    { is_retry: true, count: 4 },
  ]);
});

it("a look that is only slow is not begun a second time, nor one that waits", async () => {
  const { openQueue, insert, database, query } = await emptyQueueDatabase(postgres);
  const queues = await Promise.all([openQueue({ concurrency: 1 }), openQueue({ concurrency: 1 })]);
  const options = { by: "slow", lookMs: 1_000, looks: 1, intervalMs: 0 };
  await insert(...dueNow(4).map((look) => ({ ...look, dueAt: look.dueAt - hour })));
  for (const queue of queues) await queue.open(takeFrom(database, options));
  await expect.poll(() => query("select from taken"), patient).toHaveLength(4);
  expect(await query("select is_retry from calls")).toEqual(Array(4).fill({ is_retry: false }));
});

it("a look without a job is called for again, as a lost one", async () => {
  const { openQueue, insert, query, database } = await emptyQueueDatabase(postgres);
  await openQueue();
  await insert(...dueNow(1).map((look) => ({ ...look, dueAt: look.dueAt - hour })));
  await query("delete from graphile_worker._private_jobs");
  const queue = await openQueue();
  await queue.open(takeFrom(database, { by: "q", lookMs: 0, looks: 1, intervalMs: 0 }));
  await expect.poll(() => query("select from taken"), patient).toHaveLength(1);
  expect(await query("select is_retry from calls")).toEqual([{ is_retry: true }]);
});

it.each([
  ["heeds", (signal: AbortSignal) => new Promise((_, reject) => signal.addEventListener("abort", reject))],
  ["does not heed", () => new Promise(() => undefined)],
])("a look that %s its abort at the close is due at once for another replica", async (_, work) => {
  const { openQueue, insert, query } = await emptyQueueDatabase(postgres);
  // Its limits for a close are for a database that answers at once.
  const first = await openQueue({ clock: slowed(5) });
  let begun = 0;
  await first.open(async (_id, _isRetry, signal) => {
    begun += 1;
    await work(signal);
  });
  await insert(...dueNow(3));
  await expect.poll(() => begun, patient).toBe(3);
  await first.close(50);
  const due =
    "select from graphile_worker.jobs where locked_at is null and attempts < max_attempts and run_at <= now()";
  expect(await query(due)).toHaveLength(3);
  const takes = observeTakes();
  await (await openQueue()).open(takes.take);
  await takes.begun(3);
  expect(takes.calls.toSorted((one, other) => (one.id < other.id ? -1 : 1))).toEqual(
    ids(3).map((id) => ({ id, isRetry: true })),
  );
});

it("goes on after a job could not be completed, at which graphile-worker gives up", async () => {
  const { openQueue, insert, query } = await emptyQueueDatabase(postgres);
  const warnings: string[] = [];
  const warn = (_: unknown, message: string) => void warnings.push(message);
  const queue = await openQueue({ logger: { ...quietLogger(), warn } });
  await query("create function fail() returns trigger language plpgsql as $$ begin raise 'not now'; end $$");
  await query("create trigger fails before delete on graphile_worker._private_jobs execute function fail()");
  const takes = observeTakes();
  await queue.open(takes.take);
  await insert({ id: "a", namespace: "shop", dueAt: Date.now() });
  await expect
    .poll(() => warnings, patient)
    .toContainEqual(expect.stringMatching(/^Failed to complete jobs/));
  await query("drop trigger fails on graphile_worker._private_jobs");
  await insert({ id: "b", namespace: "shop", dueAt: Date.now() });
  await takes.begun(2);
  expect(takes.calls.map(({ id }) => id)).toEqual(["a", "b"]);
});

describe.each([
  ["is restarted", () => postgres.server().shutDown()],
  ["crashes", () => postgres.server().crash()],
])("when the database %s", (_, end) => {
  it("the queue goes on once it is back, says so once, and loses no look", async () => {
    const { openQueue, insert, database, query, url } = await emptyQueueDatabase(postgres);
    const lines: { readonly level: string; readonly fields: unknown; readonly message: string }[] = [];
    const log = (level: string) => (fields: unknown, message: string) =>
      void lines.push({ level, fields, message });
    const logger = { info: log("info"), warn: log("warn"), error: log("error") };
    const queue = await openQueue({ logger, concurrency: 4 });
    const takes = observeTakes();
    const take = takeFrom(database, { by: "q", lookMs: 0, looks: 1, intervalMs: 0 });
    takes.hold();
    await queue.open(async (...args) => {
      await takes.take(...args);
      await take(...args);
    });
    await insert(...dueNow(6));
    await takes.begun(4);
    await end();
    await expect.poll(() => lines.length, patient).toBe(1);
    takes.release();
    await expect.poll(async () => (await queue.depth()).underWay, patient).toBe(4);
    await postgres.server().restart();
    await expect.poll(() => query("select from taken"), patient).toHaveLength(6);
    await insert({ id: "after", namespace: "shop", dueAt: Date.now() });
    await expect.poll(() => query("select from taken"), patient).toHaveLength(7);
    // A crash forgets who had begun what: some are then called for as those of a worker that was lost.
    const told = () => lines.filter(({ message }) => !message.startsWith("looks were lost"));
    await expect.poll(() => told().length, patient).toBe(2);
    expect(told().map(({ level, message }) => ({ level, message }))).toEqual([
      { level: "error", message: "no looks can be taken from the queue" },
      { level: "info", message: "looks are taken from the queue again" },
    ]);
    const password = decodeURIComponent(new URL(url).password);
    expect(inspect(lines, { depth: 10, showHidden: true })).not.toContain(password);
  });
});

it("a flood of one namespace does not hold up another", async () => {
  const { openQueue, insert } = await emptyQueueDatabase(postgres);
  const queue = await openQueue({ concurrency: 4 });
  const takes = observeTakes();
  await insert(...ids(400).map((id) => ({ id, namespace: "flood", dueAt: Date.now() - hour })));
  takes.hold();
  await queue.open(takes.take);
  await takes.begun(4);
  await insert(...ids(8).map((id) => ({ id: `quiet ${id}`, namespace: "quiet", dueAt: Date.now() })));
  await expect.poll(async () => (await queue.depth()).waiting, patient).toBe(404);
  const quiet = () => takes.calls.filter(({ id }) => id.startsWith("quiet")).length;
  for (let slots = 1; slots <= 2; slots++) {
    takes.releaseOne();
    await takes.begun(4 + slots);
    expect(quiet()).toBe(slots);
  }
  takes.release();
  await expect.poll(quiet, patient).toBe(8);
  // Of the flood, beside those that began before, as many as of the other, and one for each slot more.
  const last = takes.calls.findLastIndex(({ id }) => id.startsWith("quiet"));
  expect(last).toBeLessThan(4 + 8 + 8 + 4);
  await takes.begun(408);
});
