import { describe, expect, it } from "vitest";
import { addLookJob, removeDeadJobs, removeLookJob } from "../../../src/work/postgres/look-jobs.ts";
import { describeLookQueue } from "../../support/look-queue-contract.ts";
import { observeTakes } from "../../support/observe-takes.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { usePostgres } from "../store/use-postgres.ts";
import { emptyQueueDatabase } from "./use-queue.ts";

const postgres = usePostgres();
const look = (id: string, dueAt = Date.now()) => ({ id, namespace: "shop", dueAt });

describeLookQueue("openPostgresQueue", {
  async empty(concurrency) {
    const { database, openQueue } = await emptyQueueDatabase(postgres);
    const queue = await openQueue({ concurrency });
    return { queue, keep: (due) => addLookJob(database.db, due) };
  },
});

describe("opening", () => {
  it("makes one schema of several replicas at once", async () => {
    const { openQueue, database, query } = await emptyQueueDatabase(postgres);
    await Promise.all([1, 2, 3, 4, 5].map(() => openQueue()));
    await addLookJob(database.db, look("a"));
    expect(await query("select key from graphile_worker.jobs")).toEqual([{ key: "look:a" }]);
  });

  it("refuses a schema that is newer than the program, naming both versions, and leaves the exit code", async () => {
    const { openQueue, query } = await emptyQueueDatabase(postgres);
    await openQueue();
    await query("insert into graphile_worker.migrations (id, breaking) values (999, true)");
    await expect(openQueue()).rejects.toMatchObject({
      code: "invalid-settings",
      message: expect.stringMatching(/version 999 and this program knows version \d+: run the newer program/),
    });
    expect(process.exitCode).toBeUndefined();
  });

  it("takes a newer schema that says it can be used", async () => {
    const { openQueue, query } = await emptyQueueDatabase(postgres);
    await openQueue();
    await query("insert into graphile_worker.migrations (id, breaking) values (999, false)");
    await openQueue();
    expect(await query("select id from graphile_worker.migrations where id = 999")).toHaveLength(1);
  });

  it("fails for a database that is away, and tells no password", async () => {
    const { openQueue, url } = await emptyQueueDatabase(postgres);
    await postgres.server().shutDown();
    const error = await openQueue().catch((thrown: unknown) => thrown);
    await postgres.server().restart();
    expect(error).toMatchObject({ code: "source-unavailable" });
    expect(String(error)).not.toContain(new URL(url).password);
  });
});

describe("a job", () => {
  it("is added with the transaction around it, or not at all", async () => {
    const { openQueue, database } = await emptyQueueDatabase(postgres);
    const takes = observeTakes();
    await (await openQueue()).open(takes.take);
    const undone = database.db.transaction().execute(async (db) => {
      await addLookJob(db, look("undone"));
      throw new Error("the rest failed");
    });
    await expect(undone).rejects.toThrow("the rest failed");
    await addLookJob(database.db, look("a"));
    await takes.begun(1);
    expect(takes.calls).toEqual([{ id: "a", isRetry: false }]);
  });

  it("may be of any id and namespace that a text can be", async () => {
    const { openQueue, database } = await emptyQueueDatabase(postgres);
    const takes = observeTakes();
    await (await openQueue()).open(takes.take);
    const odd = `'"\\\u0000\ud800 ${"x".repeat(100)}`;
    await addLookJob(database.db, { id: odd, namespace: odd, dueAt: Date.now() });
    await takes.begun(1);
    expect(takes.calls).toEqual([{ id: odd, isRetry: false }]);
  });

  it("is not called for after it was removed", async () => {
    const { openQueue, database } = await emptyQueueDatabase(postgres);
    const takes = observeTakes();
    const queue = await openQueue({ concurrency: 1 });
    await addLookJob(database.db, look("removed"));
    await removeLookJob(database.db, "removed");
    await addLookJob(database.db, look("a"));
    await queue.open(takes.take);
    await takes.begun(1);
    expect(takes.calls.map(({ id }) => id)).toEqual(["a"]);
  });

  it("that was written by somebody else is dropped and logged", async () => {
    const { openQueue, query, database } = await emptyQueueDatabase(postgres);
    const logger = quietLogger();
    const takes = observeTakes();
    await (await openQueue({ logger })).open(takes.take);
    await query(`select graphile_worker.add_job('look', '{"id": 5}')`);
    await addLookJob(database.db, look("a"));
    await takes.begun(1);
    await expect.poll(() => query("select from graphile_worker.jobs"), { timeout: 30_000 }).toEqual([]);
    expect(logger.errors.map(({ message }) => message)).toEqual(["a job that is no look's was dropped"]);
  });

  it("that can run no more is removed once graphile-worker has given it up", async () => {
    const { openQueue, query, database } = await emptyQueueDatabase(postgres);
    await openQueue();
    for (const id of ["dead", "under way", "waiting"]) await addLookJob(database.db, look(id));
    const lock = (id: string, hours: number) =>
      query(`update graphile_worker._private_jobs set locked_by = 'w', locked_at = now() - interval '${hours} hours'
        where key = 'look:${id}'`);
    await lock("dead", 5);
    await addLookJob(database.db, look("dead", Date.now() + 3_600_000));
    await lock("under way", 5);
    await removeDeadJobs(database.db);
    const left = await query("select key from graphile_worker.jobs order by key");
    expect(left.map(({ key }) => key)).toEqual(["look:dead", "look:under way", "look:waiting"]);
  });
});
