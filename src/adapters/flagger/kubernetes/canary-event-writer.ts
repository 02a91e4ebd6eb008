/** Tells events of Canaries in Kubernetes, where `kubectl describe canary` shows them. */
import type { Clock } from "../../../base/clock.ts";
import { CoalmineError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { within } from "../../../base/within.ts";
import type { ClusterAccess } from "../../kubernetes/cluster-access.ts";
import type { CanaryEvent, CanaryEvents } from "../canary-events.ts";
import type { CanaryName } from "../hook-call.ts";
import { createCanaryApi } from "./canary-api.ts";
import { eventObject } from "./event-object.ts";
import { createTroubleLog } from "./trouble-log.ts";

/** A writer that holds connections until it is closed. */
export interface OpenCanaryEvents extends CanaryEvents {
  /** Gives the events that wait up to a second, and ends. */
  close(): Promise<void>;
}

export interface CanaryEventWriterOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Another one for every event, of letters and digits: tells those of two servers apart. */
  readonly newId: () => string;
  /** Events that may wait; beyond it the oldest is dropped. 1,000 if left out. */
  readonly maxWaiting?: number;
  /** For one request as a whole; 5 s if left out. */
  readonly timeoutMs?: number;
}

interface WaitingEvent {
  readonly canary: CanaryName;
  readonly event: CanaryEvent;
  readonly at: number;
  readonly id: string;
}

/** As many as there are connections, so that one Event that is tried again holds up no other. */
const mostWriters = 4;

/** Before each further try: an API server that is being replaced is back by then. */
const backoffMs = [500, 2_000, 8_000, 30_000];

const flushMs = 1_000;

/**
 * Writes with the rights `get` on `canaries.flagger.app` and `create` on
 * `events`, and nothing else. Nothing is connected before the first event.
 *
 * An event of a Canary that is not there, or of a namespace that is going, is
 * dropped. What cannot be written after some tries is lost, and so is what the
 * API refuses; the log has it once until it works again in that namespace.
 */
export function createCanaryEventWriter(options: CanaryEventWriterOptions): OpenCanaryEvents {
  const { access, clock, logger, newId, maxWaiting = 1_000, timeoutMs = 5_000 } = options;
  const api = createCanaryApi({ access, clock, timeoutMs });
  const troubles = createTroubleLog(logger);
  const stopped = new AbortController();
  const waiting: WaitingEvent[] = [];
  const writers = new Set<Promise<void>>();
  let told = 0;
  let closed: Promise<void> | null = null;

  function tell(canary: CanaryName, event: CanaryEvent): void {
    if (closed !== null) return;
    const at = clock.now();
    waiting.push({ canary, event, at, id: `${inOrder(at, told++)}-${newId()}` });
    if (waiting.length > maxWaiting) dropOldest();
    if (writers.size < mostWriters) startWriter();
  }

  function dropOldest(): void {
    const oldest = waiting.shift();
    const message = `${maxWaiting} events wait already: the oldest is dropped`;
    if (oldest !== undefined) troubles.lost(oldest.canary, new CoalmineError("too-large", message));
  }

  function startWriter(): void {
    const writer = writeWaiting().finally(() => writers.delete(writer));
    writers.add(writer);
  }

  async function writeWaiting(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await write(next);
      } catch (error) {
        if (!stopped.signal.aborted) troubles.lost(next.canary, CoalmineError.from(error));
      }
    }
  }

  async function write(next: WaitingEvent): Promise<void> {
    for (const delay of backoffMs) {
      try {
        return await tryToWrite(next);
      } catch (error) {
        const mayHelp = error instanceof CoalmineError && error.code === "source-unavailable";
        if (!mayHelp || stopped.signal.aborted) throw error;
      }
      await clock.until(clock.now() + delay, stopped.signal);
    }
    await tryToWrite(next);
  }

  async function tryToWrite({ canary, event, at, id }: WaitingEvent): Promise<void> {
    const about = await api.find(canary, stopped.signal);
    if (about === null) return;
    const isWritten = await api.createEvent(canary.namespace, eventObject(about, event, at, id));
    if (isWritten) troubles.over(canary.namespace);
  }

  async function flush(): Promise<void> {
    await within(clock, flushMs, Promise.all(writers));
    const left = waiting.splice(0).length + writers.size;
    if (left > 0) logger.warn({ events: left }, "stopped before all events of Canaries were told");
    stopped.abort(new Error("the writer of events is closed"));
    await Promise.all([api.close(), ...writers]);
  }

  return {
    tell,
    close() {
      closed ??= flush();
      return closed;
    },
  };
}

/** Sorts as the events were told: their times are whole seconds, and within one `kubectl describe` goes by the names. */
function inOrder(at: number, count: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  return hex(at, 12) + hex(count % 2 ** 16, 4);
}
