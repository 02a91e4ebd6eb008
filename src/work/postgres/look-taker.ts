import type { TakeLook } from "../../analysis/live/look-queue.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { ask, type SqlDatabase } from "../../store/sql/sql-database.ts";
import { Turns } from "../fair-share.ts";
import { retryPauseMs } from "../retry-pause.ts";
import { UnderWay } from "../under-way.ts";
import { flagOf, giveBack, type LookJob, readLookJob } from "./look-jobs.ts";

export interface LookTakerOptions {
  readonly database: SqlDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retryMs: number;
}

/** Why a job was begun: its row, and how often it was. */
interface Begun {
  readonly id: string;
  readonly attempts: number;
}

/**
 * Takes the looks of jobs in this process, and says which namespaces may have
 * another. A look that failed gets a new job in place of this one, so that
 * graphile-worker, which would wait up to hours, never hears of it.
 */
export class LookTaker {
  readonly underWay = new UnderWay();
  readonly #options: LookTakerOptions;
  readonly #jobs = new Map<string, LookJob>();
  readonly #turns = new Turns();
  /** The flag whose turn it is for who asks next, and was for each worker that asked. */
  #turn: string | null = null;
  readonly #askedFor = new WeakMap<object, string>();
  /** By the flag of the namespace, as of the last question. */
  #waiting = new Map<string, number>();
  #take: TakeLook | null = null;

  constructor(options: LookTakerOptions) {
    this.#options = options;
  }

  /** Before this, and after `stop`, jobs go back to the queue. */
  start(take: TakeLook): void {
    this.#take = take;
  }

  stop(): void {
    this.#take = null;
  }

  /** Says how many looks wait in the database, by the flag of their namespace. */
  learn(waiting: ReadonlyMap<string, number>): void {
    this.#waiting = new Map(waiting);
  }

  /** The flags of jobs that are not to be begun by the worker that asks next: of all that wait but those in turn. */
  forbidden(): string[] {
    this.#turn = this.#turns.next(this.underWay.held, this.#waiting.keys());
    return this.#waiting
      .keys()
      .filter((flag) => flag !== this.#turn)
      .toArray();
  }

  /** A worker asks for a job, just after `forbidden`. */
  asks(worker: object): void {
    if (this.#turn === null) this.#askedFor.delete(worker);
    else this.#askedFor.set(worker, this.#turn);
  }

  /** It found none: other replicas have those in turn. Answers whether others wait. */
  foundNone(worker: object): boolean {
    const turn = this.#askedFor.get(worker);
    return turn !== undefined && this.#waiting.delete(turn) && this.#waiting.size > 0;
  }

  /** Takes the look of a job. Whatever happens to it, the job is done with. Never rejects. */
  async take(payload: unknown, job: Begun): Promise<void> {
    let look: LookJob;
    try {
      look = readLookJob(payload);
    } catch (error) {
      this.#options.logger.error({ job: job.id, err: error }, "a job that is no look's was dropped");
      return;
    }
    this.#jobs.set(job.id, look);
    await this.underWay.begin(flagOf(look.namespace), (signal) => this.#follow(look, job, signal));
    this.#jobs.delete(job.id);
  }

  /** Gives back the jobs of looks that do not end though they were aborted. */
  async giveUp(): Promise<void> {
    const jobs = [...this.#jobs].map(([id, look]) => this.#giveBack(id, again(look)));
    await Promise.all(jobs);
  }

  async #follow(look: LookJob, { id, attempts }: Begun, signal: AbortSignal): Promise<void> {
    const take = this.#take;
    if (take === null) return void (await this.#giveBack(id, look));
    try {
      await take(look.id, look.failures > 0 || attempts > 1, signal);
    } catch (error) {
      await this.#callAgain(id, look, error, signal);
    }
  }

  async #callAgain(job: string, look: LookJob, error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, retryMs } = this.#options;
    const inMs = retryPauseMs(retryMs, look.failures);
    if (!signal.aborted)
      this.#log({ analysis: look.id, inMs }, error, "a look failed and will be called for again");
    // With the database away the slot is held until it is back: there is no use for it before.
    for (let tries = 0; ; tries++) {
      const isLast = signal.aborted;
      const isGiven = await this.#giveBack(job, again(look), isLast ? 0 : inMs);
      if (isGiven || isLast) return;
      await clock.until(clock.now() + retryPauseMs(retryMs, tries), signal).catch(() => undefined);
    }
  }

  /** Whether it could be. */
  async #giveBack(job: string, look: LookJob, inMs = 0): Promise<boolean> {
    const { database, clock } = this.#options;
    try {
      await ask(database, (db) => giveBack(db, job, look, clock.now() + inMs));
      return true;
    } catch (error) {
      this.#log({ analysis: look.id }, error, "a look could not be given back to the queue");
      return false;
    }
  }

  /** That the database is away is said once by who asks it all the time, not for every look. */
  #log(fields: Readonly<Record<string, unknown>>, error: unknown, message: string): void {
    const fault = this.#options.database.faultOf(error);
    if (fault.code !== "source-unavailable") this.#options.logger.error({ ...fields, err: error }, message);
  }
}

function again(look: LookJob): LookJob {
  return { ...look, failures: look.failures + 1 };
}
