import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { SampleSource } from "../../analysis/ports.ts";
import type { Clock } from "../../base/clock.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { Ambient } from "../tracing/ambient.ts";
import { mapSources, type Sources } from "./map-sources.ts";

/** Tells the log that a source of metrics is away, and that it is back: once each, however many analyses wait for it. */
export interface SourceOutages {
  /** The same sources; what becomes of their reads is watched. */
  watched(sources: Sources): Sources;
  /** The analysis has ended, and waits for no source. */
  ended(analysis: string): void;
}

export interface SourceOutagesOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Knows which analysis a read is for. */
  readonly ambient: Ambient;
}

/** A source that answers only some of its reads would otherwise be told away and back with each of them. */
const quietMs = 30_000;

/** An analysis that has not read for so long has ended, or another replica looks after it. */
const forgetAfterMs = 10 * 60_000;

/** Of a message; sources keep what is secret out of them. */
const longestWhy = 300;

export function createSourceOutages({ logger, clock, ambient }: SourceOutagesOptions): SourceOutages {
  const readersOf = new Map<string, Readers>();

  function watchedSource(source: SampleSource, name: string): SampleSource {
    const readers = createReaders();
    readersOf.set(name, readers);
    let away: { readonly since: number; readonly failedAt: number } | null = null;

    /** Outside of the look that met it: the line is about no one analysis. */
    function tell(level: "info" | "warn", since: number, fields: object, message: string): void {
      const told = {
        source: name,
        since: new Date(since).toISOString(),
        analyses: readers.count(),
        ...fields,
      };
      ambient.within(ROOT_CONTEXT, () => logger[level](told, message));
    }
    function answered(begunAt: number): void {
      if (away === null || begunAt - away.failedAt < quietMs) return;
      tell("info", away.since, { awayMs: begunAt - away.since }, "a source of metrics answers again");
      away = null;
    }
    function failed(begunAt: number, { code, message }: CoalmineError): void {
      if (code !== "source-unavailable") return;
      const isNew = away === null;
      away = { since: away?.since ?? begunAt, failedAt: clock.now() };
      const why = message.slice(0, longestWhy);
      if (isNew) tell("warn", begunAt, { why }, "a source of metrics does not answer; analyses wait for it");
    }

    return {
      name: source.name,
      async read(selector, window, signal) {
        const begunAt = clock.now();
        readers.note(ambient.logFields()["analysis"], begunAt);
        try {
          const answer = await source.read(selector, window, signal);
          answered(begunAt);
          return answer;
        } catch (thrown) {
          if (!signal.aborted) failed(begunAt, CoalmineError.from(thrown));
          throw thrown;
        }
      },
    };
  }

  return {
    watched: (sources) => mapSources(sources, watchedSource),
    ended(analysis) {
      for (const readers of readersOf.values()) readers.forget(analysis);
    },
  };
}

/** Which analyses read a source. */
interface Readers {
  note(analysis: string | undefined, at: number): void;
  forget(analysis: string): void;
  count(): number;
}

function createReaders(): Readers {
  /** When each read last, the one that is longest ago first. */
  const readAt = new Map<string, number>();
  return {
    note(analysis, at) {
      if (analysis !== undefined) {
        readAt.delete(analysis);
        readAt.set(analysis, at);
      }
      for (const [longestAgo, then] of readAt) {
        if (at - then <= forgetAfterMs) break;
        readAt.delete(longestAgo);
      }
    },
    forget: (analysis) => void readAt.delete(analysis),
    count: () => readAt.size,
  };
}
