/**
 * graphile-worker over a pool of its own, until something goes wrong. It does not
 * get over everything: a job that it cannot complete, the tasks it could not read
 * or a connection that hangs leave it lame. So a session with any fault is
 * replaced by a new one, and ends in the background with the looks it is at.
 */
import { EventEmitter } from "node:events";
import { type Job, runTaskList, type SharedOptions, type WorkerEvents } from "graphile-worker";
import { openGraphilePool } from "./graphile-pool.ts";
import { migrateGraphile } from "./graphile-schema.ts";
import { lookTask } from "./look-jobs.ts";

export interface SessionOptions {
  readonly url: string;
  readonly title: string;
  readonly concurrency: number;
  readonly shared: SharedOptions;
  /** Takes a look. Must not throw. */
  readonly take: (payload: unknown, job: Job) => Promise<void>;
  /** The flags of the jobs that may not be begun now. */
  readonly forbidden: () => string[];
  /** Some replica added a job, due now or later. */
  readonly added: () => void;
  /** A worker asks for a job, just after `forbidden`. */
  readonly asks: (worker: object) => void;
  /** It found none that is due and may be begun. */
  readonly foundNone: (worker: object) => void;
}

export interface Session {
  /** It takes no more jobs, or fails at it: open another. */
  readonly isBroken: boolean;
  /** Has so many idle workers look for a job now. */
  wake(workers: number): void;
  /** Resolves once it has ended and its connections are closed. */
  readonly ended: Promise<void>;
  /** Takes no more jobs, and ends once those under way have. Never rejects. */
  end(): Promise<void>;
  /** Ends now. Never rejects. */
  kill(): Promise<void>;
}

/** One of them listens for new jobs; the others are held for the time of a statement. */
const connections = 3;
/** A server that went away without a word must not hold up the workers for ever. */
const silenceMs = 15_000;

/** @throws CoalmineError invalid-settings if the schema is too new; what the driver throws. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { url, title, concurrency, shared, take, forbidden, added, asks, foundNone } = options;
  const pool = openGraphilePool(url, connections, silenceMs);
  try {
    await migrateGraphile(pool, title, shared);
  } catch (error) {
    await pool.end();
    throw error;
  }
  let isBroken = false;
  let isEnding = false;
  const events: WorkerEvents = new EventEmitter();
  const workers = runTaskList(
    {
      ...shared,
      events,
      concurrency,
      noHandleSignals: true,
      // A look is due by this process's clock, whatever the database's says.
      useNodeTime: true,
      // Each worker would ask for itself; `wake` is called after one question for all.
      pollInterval: 600_000,
      forbiddenFlags: forbidden,
      // Without these two a statement that fails is an unhandled rejection.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    },
    { [lookTask]: (payload: unknown, { job }) => take(payload, job) },
    pool,
  );
  const wake = workers.nudge.bind(workers);
  // Most jobs are added for later: each would have a worker of every replica ask for it in vain.
  workers.nudge = added;
  events.on("worker:getJob:start", ({ worker }) => asks(worker));
  events.on("worker:getJob:empty", ({ worker }) => foundNone(worker));
  events.on("worker:getJob:error", () => {
    isBroken = true;
  });
  events.on("pool:gracefulShutdown", () => {
    isBroken = true;
    isEnding = true;
    // It says so that the schema has become too new, but how this process ends is not its matter.
    if (process.exitCode === 57) process.exitCode = undefined;
  });
  const ended = workers.promise.catch(() => undefined).then(() => pool.end());
  return {
    get isBroken() {
      return isBroken;
    },
    ended,
    wake: (count) => {
      if (!isBroken && count > 0) wake(count);
    },
    async end() {
      if (!isEnding) Promise.resolve(workers.gracefulShutdown()).catch(() => undefined);
      await ended;
    },
    async kill() {
      await Promise.resolve(workers.forcefulShutdown("the process is shutting down")).catch(() => undefined);
      await ended;
    },
  };
}
