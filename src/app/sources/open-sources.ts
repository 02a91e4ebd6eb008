import type { NamedSource } from "../../analysis/pick-sources.ts";
import type { Clock } from "../../base/clock.ts";
import { createPrometheusSource } from "../../sources/prometheus/prometheus-source.ts";
import { createScrapeSource } from "../../sources/scrape/scrape-source.ts";
import type { SourceRequests } from "../observability.ts";
import type { SourceSettings } from "../settings/settings.ts";

/** The sources of the settings, in use. */
export interface OpenSources {
  readonly byName: ReadonlyMap<string, NamedSource>;
  /** Lets go of their connections. */
  close(): Promise<void>;
}

export interface OpenSourcesOptions {
  readonly clock: Clock;
  /** Which addresses a Prometheus may be at; any unless given, for an operator named them. */
  readonly mayConnectTo?: (ip: string) => boolean;
  /** What goes with the requests to the source of this name. */
  readonly requestsTo?: (source: string) => SourceRequests;
}

/** Opens every source by its name. None is asked yet, so one that is away does not keep the server from starting. */
export function openSources(
  settings: Readonly<Record<string, SourceSettings>>,
  options: OpenSourcesOptions,
): OpenSources {
  const opened = Object.entries(settings).map(([name, entry]) => ({
    name,
    ingestionDelayMs: entry.ingestionDelayMs,
    source: open(name, entry, options),
  }));
  return {
    byName: new Map(opened.map(({ name, source, ingestionDelayMs }) => [name, { source, ingestionDelayMs }])),
    async close() {
      await Promise.allSettled(opened.map(({ source }) => source.close()));
    },
  };
}

function open(name: string, entry: SourceSettings, { clock, mayConnectTo, requestsTo }: OpenSourcesOptions) {
  if (entry.kind === "prometheus") {
    return createPrometheusSource({
      name,
      settings: entry.settings,
      clock,
      random: Math.random,
      mayConnectTo,
      ...requestsTo?.(name),
    });
  }
  const source = createScrapeSource({ name, ...entry.settings, clock });
  source.start();
  return source;
}
