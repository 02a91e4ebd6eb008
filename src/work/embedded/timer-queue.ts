import TinyQueue from "tinyqueue";
import type { LookQueue, TakeLook } from "../../analysis/live/look-queue.ts";
import type { DueLook } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { firstRetryMs, retryPauseMs } from "../retry-pause.ts";
import { UnderWay } from "../under-way.ts";
import { byDueTime, WaitingLooks } from "./waiting-looks.ts";

export interface TimerQueueOptions {
  readonly clock: Clock;
  /** Hears of looks that failed. */
  readonly logger: Logger;
  /** How many looks are under way at most; 64 unless given. */
  readonly concurrency?: number;
  /** The pause before a look that failed is called for again, doubling up to 30 s; 1 s unless given. */
  readonly retryMs?: number;
}

/**
 * The queue of one process: a timer for the look that is due next. It knows of
 * looks by `expect` alone, before `open` or after it; at its start a server tells
 * it of every analysis that runs.
 */
export function openTimerQueue(options: TimerQueueOptions): LookQueue {
  const queue = new TimerQueue(options);
  return {
    open: async (take) => queue.open(take),
    expect: (due) => queue.expect(due),
    depth: async () => queue.depth(),
    close: (graceMs) => queue.close(graceMs),
  };
}

/** A look that is to be taken, and how often it failed. */
interface Expected extends DueLook {
  readonly failures: number;
}

/** How long looks have to end once they are aborted. */
const afterAbortMs = 1_000;

class TimerQueue {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #concurrency: number;
  readonly #retryMs: number;
  readonly #underWay = new UnderWay();
  /** The analyses that are looked at now: none is twice at once. */
  readonly #taken = new Set<string>();
  /** What is to come, by analysis. Entries of the two queues below that are not in here were replaced. */
  readonly #expected = new Map<string, Expected>();
  #byTime = new TinyQueue<Expected>([], byDueTime);
  readonly #waiting = new WaitingLooks<Expected>((look) => this.#expected.get(look.id) === look);
  #take: TakeLook | null = null;
  #isClosed = false;
  #alarm = new AbortController();
  #alarmAt = Number.POSITIVE_INFINITY;

  constructor({ clock, logger, concurrency = 64, retryMs = firstRetryMs }: TimerQueueOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#concurrency = concurrency;
    this.#retryMs = retryMs;
  }

  open(take: TakeLook): void {
    this.#take = take;
    this.#turn();
  }

  expect({ id, namespace, dueAt }: DueLook): void {
    this.#put({ id, namespace, dueAt, failures: 0 });
    this.#turn();
  }

  depth() {
    const now = this.#clock.now();
    const isWaiting = ({ id, dueAt }: Expected) => dueAt <= now && !this.#taken.has(id);
    return {
      underWay: this.#underWay.size,
      waiting: this.#expected.values().filter(isWaiting).toArray().length,
    };
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    this.#alarm.abort();
    await this.#underWay.end(this.#clock, graceMs, afterAbortMs);
  }

  #put(look: Expected): void {
    this.#expected.set(look.id, look);
    this.#byTime.push(look);
    // Of replaced entries no more may be kept than of others.
    if (this.#byTime.length + this.#waiting.size <= 2 * this.#expected.size + 16) return;
    this.#byTime = new TinyQueue([...this.#expected.values()], byDueTime);
    this.#waiting.clear();
  }

  /** Begins what is due as far as there are slots, and sets the timer for what comes next. */
  #turn(): void {
    const take = this.#take;
    if (take === null || this.#isClosed) return;
    const now = this.#clock.now();
    let next = this.#byTime.peek();
    for (; next !== undefined && next.dueAt <= now; next = this.#byTime.peek()) {
      this.#byTime.pop();
      if (!this.#taken.has(next.id)) this.#waiting.add(next);
    }
    while (this.#underWay.size < this.#concurrency) {
      const look = this.#waiting.next(this.#underWay.held);
      if (look === null) break;
      this.#begin(look, take);
    }
    if (next !== undefined) this.#setAlarm(next.dueAt);
  }

  #begin(look: Expected, take: TakeLook): void {
    const { id, namespace, failures } = look;
    this.#expected.delete(id);
    this.#taken.add(id);
    const work = async (signal: AbortSignal) => {
      try {
        await take(id, failures > 0, signal);
      } catch (error) {
        this.#failed(look, error, signal);
      }
    };
    void this.#underWay.begin(namespace, work).then(() => {
      this.#taken.delete(id);
      // It was passed over if it fell due meanwhile.
      const next = this.#expected.get(id);
      if (next !== undefined) this.#put(next);
      this.#turn();
    });
  }

  #failed({ id, namespace, failures }: Expected, error: unknown, signal: AbortSignal): void {
    // When the process stops it stays in the store, for the next.
    if (signal.aborted) return;
    const inMs = retryPauseMs(this.#retryMs, failures);
    this.#logger.error({ analysis: id, inMs, err: error }, "a look failed and will be called for again");
    // What was told meanwhile stands: that look was kept.
    if (!this.#expected.has(id))
      this.#put({ id, namespace, dueAt: this.#clock.now() + inMs, failures: failures + 1 });
  }

  #setAlarm(at: number): void {
    if (this.#alarmAt <= at) return;
    this.#alarm.abort();
    this.#alarm = new AbortController();
    this.#alarmAt = at;
    this.#clock.until(at, this.#alarm.signal).then(
      () => {
        this.#alarmAt = Number.POSITIVE_INFINITY;
        this.#turn();
      },
      () => undefined,
    );
  }
}
