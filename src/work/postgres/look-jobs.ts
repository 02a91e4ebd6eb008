/**
 * The statements on graphile-worker's jobs. They use what it documents alone: its
 * functions add_jobs, remove_job and complete_jobs, and its view of the jobs.
 *
 * A look's job is known by the key `look:<id>`, so an analysis has one that waits.
 * Adding it again replaces the one that waits; one that is under way loses the
 * key and can run no more (add_jobs sets its attempts to the last).
 */
import { type QueryExecutorProvider, sql } from "kysely";
import { z } from "zod";
import type { DueLook } from "../../analysis/ports.ts";
import { columnText, textOfColumn } from "../../store/sql/column-text.ts";

/** The name of the task, the same in all replicas. */
export const lookTask = "look";

/** What a job holds. */
export interface LookJob {
  readonly id: string;
  readonly namespace: string;
  /** How often the look was lost or failed before. */
  readonly failures: number;
}

/** PostgreSQL's JSON functions take no U+0000 even as an escape. */
const text = z.string().transform(textOfColumn);
const lookJob = z.object({ id: text, namespace: text, failures: z.int().min(0) });

/** @throws Error if it was not written by this module. */
export function readLookJob(payload: unknown): LookJob {
  return lookJob.parse(payload);
}

/** The flag of a namespace's jobs: a key of a jsonb object, which takes no U+0000. */
export const flagOf = columnText;

/**
 * Has the look called for when it is due, by whichever replica; replaces the call
 * that was asked for before. In the transaction that keeps the look it takes effect
 * with it or not at all. Times are rounded up to milliseconds.
 */
export function addLookJob(db: QueryExecutorProvider, { id, namespace, dueAt }: DueLook): Promise<void> {
  return addJobs(db, [{ id, namespace, failures: 0 }], dueAt);
}

/** Takes back the call for a look, for an analysis that has ended. One that is under way goes on. */
export async function removeLookJob(db: QueryExecutorProvider, id: string): Promise<void> {
  await sql`select from graphile_worker.remove_job(${keyOf(id)})`.execute(db);
}

/** Has one look called for again, unless somebody else did since `jobId` was begun. */
export async function giveBack(
  db: QueryExecutorProvider,
  jobId: string,
  job: LookJob,
  runAt: number,
): Promise<void> {
  const { rows } = await sql`
    select from graphile_worker.jobs where id = ${jobId} and key = ${keyOf(job.id)}`.execute(db);
  if (rows.length > 0) await addJobs(db, [job], runAt);
}

/** How long ago and how far ahead of now a job may lie that is not lost. */
export interface Bounds {
  /** Jobs begun before are lost: nobody takes so long for a look. */
  readonly begunBefore: number;
  /** Jobs put off longer come too late. */
  readonly dueAfter: number;
}

/** Of looks those that nobody will call for: their job is not there, or its worker was lost. A job that waits for its turn is not lost. */
export async function withoutJob(
  db: QueryExecutorProvider,
  overdue: readonly DueLook[],
  { begunBefore, dueAfter }: Bounds,
): Promise<readonly DueLook[]> {
  const { rows } = await sql<{ readonly key: string }>`
    select key from graphile_worker.jobs where key = any(${overdue.map(({ id }) => keyOf(id))}::text[])
    and case when locked_at is null then attempts < max_attempts and run_at <= ${time(dueAfter)}::timestamptz
      else locked_at >= ${time(begunBefore)}::timestamptz end`.execute(db);
  const called = new Set(rows.map(({ key }) => key));
  return overdue.filter(({ id }) => !called.has(keyOf(id)));
}

/** Has looks called for at once that were lost. */
export function giveAgain(db: QueryExecutorProvider, lost: readonly DueLook[], now: number): Promise<void> {
  const jobs = lost.map(({ id, namespace }) => ({ id, namespace, failures: 1 }));
  return addJobs(db, jobs, now);
}

/** How many looks are due and wait, by the flag of their namespace. */
export async function waitingLooks(
  db: QueryExecutorProvider,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ readonly flag: string; readonly looks: number }>`
    select flag, count(*)::int as looks from graphile_worker.jobs, jsonb_object_keys(flags) as flag
    where task_identifier = ${lookTask} and locked_at is null and attempts < max_attempts
    and run_at <= ${time(now)}::timestamptz group by flag`.execute(db);
  return new Map(rows.map(({ flag, looks }) => [flag, looks]));
}

/**
 * Removes the jobs that can run no more, which workers that were lost leave behind:
 * as soon as graphile-worker has given up their locks, after four hours.
 */
export async function removeDeadJobs(db: QueryExecutorProvider): Promise<void> {
  await sql`
    select from graphile_worker.complete_jobs(array(
      select id from graphile_worker.jobs where task_identifier = ${lookTask} and attempts >= max_attempts
      and (locked_at is null or locked_at < now() - interval '4 hours')))`.execute(db);
}

/** Never reached: a look that failed gets a new job. It is what graphile-worker can store. */
const maxAttempts = 32_767;

async function addJobs(db: QueryExecutorProvider, jobs: readonly LookJob[], runAt: number): Promise<void> {
  const specs = jobs.map(({ id, namespace, failures }) => ({
    identifier: lookTask,
    payload: { id: columnText(id), namespace: columnText(namespace), failures },
    run_at: time(runAt),
    max_attempts: maxAttempts,
    job_key: keyOf(id),
    flags: [flagOf(namespace)],
  }));
  await sql`
    select from graphile_worker.add_jobs(array(
      select json_populate_recordset(null::graphile_worker.job_spec, ${JSON.stringify(specs)}::json)))`.execute(
    db,
  );
}

function keyOf(id: string): string {
  return `look:${columnText(id)}`;
}

/** Never before the moment: a look that is called for too early would find nothing to do. */
function time(at: number): string {
  return new Date(Math.ceil(at)).toISOString();
}
