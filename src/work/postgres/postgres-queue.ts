import type { LookQueue, TakeLook } from "../../analysis/live/look-queue.ts";
import type { DueLook } from "../../analysis/ports.ts";
import { every } from "../../base/every.ts";
import { within } from "../../base/within.ts";
import { ask } from "../../store/sql/sql-database.ts";
import { graphileOptions } from "./graphile-options.ts";
import { openSession, type Session } from "./graphile-session.ts";
import { waitingLooks } from "./look-jobs.ts";
import { LookTaker, type LookTakerOptions } from "./look-taker.ts";
import { type SweepOptions, sweepDead, sweepLost } from "./sweep.ts";

export interface PostgresQueueParts extends SweepOptions, LookTakerOptions {
  readonly url: string;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly sweepMs: number;
}

/** How soon after a job was added one worker looks for it, once for all that came meanwhile; it may be due later. */
const soonMs = 50;

/** Jobs that can run no more are few and do no harm. */
const deadSweepMs = 600_000;

/** Parts of the two seconds that `close` may take beyond its grace. */
const afterAbortMs = 800;
const eachEndMs = 300;

/** Keeps a session of graphile-worker going, wakes it for what falls due, and searches for what was lost. */
export class PostgresQueue implements LookQueue {
  readonly #parts: PostgresQueueParts;
  readonly #taker: LookTaker;
  readonly #closing = new AbortController();
  /** The one that works, if any, and those that end. */
  readonly #sessions = new Set<Session>();
  #session: Session | null = null;
  #isAway = false;
  /** Some replica added a job since a worker was last woken. */
  #isAdded = false;
  #waiting = 0;

  constructor(parts: PostgresQueueParts) {
    this.#parts = parts;
    this.#taker = new LookTaker(parts);
  }

  async open(take: TakeLook): Promise<void> {
    this.#taker.start(take);
    await this.#poll();
    void this.#watch();
    const { clock, sweepMs } = this.#parts;
    const { signal } = this.#closing;
    void every(clock, sweepMs, signal, () => this.#sweep(sweepLost));
    void every(clock, deadSweepMs, signal, () => this.#sweep(sweepDead));
  }

  expect(_due: DueLook): void {
    // The store adds the jobs.
  }

  async depth() {
    return { underWay: this.#taker.underWay.size, waiting: this.#waiting };
  }

  async close(graceMs: number): Promise<void> {
    const { clock, database } = this.#parts;
    this.#closing.abort();
    this.#taker.stop();
    const sessions = [...this.#sessions];
    const ended = Promise.all(sessions.map((session) => session.end()));
    await this.#taker.underWay.end(clock, graceMs, afterAbortMs);
    await within(clock, eachEndMs, this.#taker.giveUp());
    if (!(await within(clock, eachEndMs, ended)))
      await within(clock, eachEndMs, Promise.all(sessions.map((session) => session.kill())));
    await within(clock, eachEndMs, database.db.destroy());
  }

  /** Asks for due looks every so often, and has one worker look when a job was added. */
  async #watch(): Promise<void> {
    const { clock, pollMs } = this.#parts;
    let nextAt = clock.now() + pollMs;
    await every(clock, Math.min(soonMs, pollMs), this.#closing.signal, async () => {
      if (clock.now() >= nextAt) {
        await this.#poll();
        nextAt = clock.now() + pollMs;
      } else if (this.#isAdded) {
        this.#session?.wake(1);
      }
      this.#isAdded = false;
    });
  }

  /** Asks what is due, sees to the session, and has it take as much. */
  async #poll(): Promise<void> {
    const { database, clock, logger } = this.#parts;
    try {
      const waiting = await ask(database, (db) => waitingLooks(db, clock.now()));
      this.#taker.learn(waiting);
      this.#waiting = waiting.values().reduce((sum, looks) => sum + looks, 0);
      await this.#renewSession();
      this.#session?.wake(this.#waiting);
      if (this.#isAway) logger.info({ database: database.title }, "looks are taken from the queue again");
      this.#isAway = false;
    } catch (error) {
      const err = database.faultOf(error);
      if (!this.#isAway && !this.#closing.signal.aborted)
        logger.error({ database: database.title, err }, "no looks can be taken from the queue");
      this.#isAway = true;
    }
  }

  async #renewSession(): Promise<void> {
    const { database, logger } = this.#parts;
    if (this.#closing.signal.aborted || this.#session?.isBroken === false) return;
    void this.#session?.end();
    this.#session = null;
    const session = await openSession({
      ...this.#parts,
      title: database.title,
      shared: graphileOptions(database, logger),
      take: (payload, job) => this.#taker.take(payload, job),
      forbidden: () => this.#taker.forbidden(),
      added: () => {
        this.#isAdded = true;
      },
      asks: (worker) => this.#taker.asks(worker),
      foundNone: (worker) => this.#foundNone(worker),
    });
    this.#session = session;
    this.#sessions.add(session);
    void session.ended.then(() => this.#sessions.delete(session));
    if (this.#closing.signal.aborted) await session.end();
  }

  #foundNone(worker: object): void {
    // Not at once: the worker that says so is about to sleep, and may be woken then.
    if (this.#taker.foundNone(worker)) setImmediate(() => this.#session?.wake(this.#waiting));
  }

  async #sweep(sweep: typeof sweepLost): Promise<void> {
    const { database, logger } = this.#parts;
    try {
      await sweep(this.#parts);
    } catch (error) {
      const err = database.faultOf(error);
      if (err.code !== "source-unavailable") logger.error({ err }, "the search for lost looks failed");
    }
  }
}
