import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { AnalysisObserver } from "../analysis/live/live-analysis.ts";
import type { NamedSource } from "../analysis/pick-sources.ts";
import type { SampleSource } from "../analysis/ports.ts";

/** The server's own numbers and where they are counted. */
export interface ServiceMetrics {
  readonly registry: Registry;
  readonly observer: AnalysisObserver;
  /** The same sources; reads that fail are counted by source. */
  counted(sources: ReadonlyMap<string, NamedSource>): ReadonlyMap<string, NamedSource>;
}

/** @param running how many analyses run, asked at each scrape. */
export function createServiceMetrics(running: () => number): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "coalmine_analyses_running",
    help: "Analyses that this process runs now.",
    registers,
    collect() {
      this.set(running());
    },
  });
  const looks = new Counter({ name: "coalmine_looks_total", help: "Looks taken.", registers });
  const verdicts = new Counter({
    name: "coalmine_verdicts_total",
    help: "Analyses that have ended, by verdict.",
    labelNames: ["verdict"],
    registers,
  });
  const failures = new Counter({
    name: "coalmine_source_failures_total",
    help: "Reads that a source did not answer, after its retries.",
    labelNames: ["source"],
    registers,
  });
  // A counter that appears only with its first count hides that count from rate().
  for (const verdict of ["pass", "fail", "inconclusive"]) verdicts.inc({ verdict }, 0);

  return {
    registry,
    observer: {
      looked: () => looks.inc(),
      ended: ({ verdict }) => verdicts.inc({ verdict: verdict ?? "inconclusive" }),
    },
    counted(sources) {
      return new Map(
        [...sources].map(([name, entry]) => {
          failures.inc({ source: name }, 0);
          const source = countingFailures(entry.source, () => failures.inc({ source: name }));
          return [name, { ...entry, source }];
        }),
      );
    },
  };
}

function countingFailures(source: SampleSource, count: () => void): SampleSource {
  return {
    name: source.name,
    async read(selector, window, signal) {
      try {
        return await source.read(selector, window, signal);
      } catch (error) {
        if (!signal.aborted) count();
        throw error;
      }
    },
  };
}
