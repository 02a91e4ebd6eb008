import { Counter, Histogram, type Registry } from "prom-client";
import type { SampleSource } from "../../analysis/ports.ts";
import { CoalmineError } from "../../base/errors.ts";
import { mapSources, type Sources } from "../sources/map-sources.ts";

/** Measures the reads of sources, by the name that the settings give each. */
export interface SourceMetrics {
  /** The same sources, measured. */
  measuredSources(sources: Sources): Sources;
  /** To be told when a source's request is sent again. */
  sourceRetried(name: string): void;
}

const kinds = ["source-unavailable", "query-rejected", "internal"] as const;

export function createSourceMetrics(registry: Registry): SourceMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: "coalmine_source_read_duration_seconds",
    help: "How long reads of a source took, its retries included.",
    labelNames: ["source"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const failures = new Counter({
    name: "coalmine_source_failures_total",
    help: "Reads that a source did not answer after its retries, or refused.",
    labelNames: ["source", "kind"],
    registers,
  });
  const retries = new Counter({
    name: "coalmine_source_retries_total",
    help: "Requests to a source that were sent again.",
    labelNames: ["source"],
    registers,
  });

  function measured(source: SampleSource, label: string): SampleSource {
    retries.inc({ source: label }, 0);
    for (const kind of kinds) failures.inc({ source: label, kind }, 0);
    return {
      name: source.name,
      async read(selector, window, signal) {
        const stop = duration.startTimer({ source: label });
        try {
          return await source.read(selector, window, signal);
        } catch (error) {
          if (!signal.aborted) failures.inc({ source: label, kind: kindOf(error) });
          throw error;
        } finally {
          stop();
        }
      },
    };
  }

  return {
    measuredSources: (sources) => mapSources(sources, measured),
    sourceRetried: (name) => retries.inc({ source: name }),
  };
}

/** One of the few that a source may throw; anything else is a fault of ours. */
function kindOf(error: unknown): (typeof kinds)[number] {
  const { code } = CoalmineError.from(error);
  return kinds.find((kind) => kind === code) ?? "internal";
}
