/** The sources of the command line: one Prometheus by its address, those of a settings file, or the scraper. */
import type { OpenSource, SourceOpener } from "../adapters/cli/cli-host.ts";
import { CoalmineError } from "../base/errors.ts";
import { prometheusSourceSettings } from "../sources/prometheus/prometheus-settings.ts";
import { createPrometheusSource } from "../sources/prometheus/prometheus-source.ts";
import { createScrapeSource } from "../sources/scrape/scrape-source.ts";
import { systemClock } from "./system-clock.ts";

const defaultPrometheusUrl = "http://127.0.0.1:9090";

/** How long the first question is retried: who typed a wrong address should not wait for it. */
const checkBudgetMs = 3_000;

/** Opens sources by the machine's clock; `prometheusUrl` is what the environment names, null without. */
export function createCliSources(environmentUrl: string | null): SourceOpener {
  return {
    async named(names, { prometheusUrl }) {
      return names.map((name) =>
        openPrometheus(name, prometheusUrl ?? environmentUrl ?? defaultPrometheusUrl, 5_000),
      );
    },
    prometheus: (url, ingestionDelayMs) => openPrometheus("default", url, ingestionDelayMs),
    scraper(targets, intervalMs) {
      const source = createScrapeSource({ name: "default", targets, intervalMs, clock: systemClock });
      source.start();
      return {
        source,
        ingestionDelayMs: 0,
        check: async () => undefined,
        close: () => source.close(),
      };
    },
  };
}

function openPrometheus(name: string, url: string, ingestionDelayMs: number): OpenSource {
  const parsed = prometheusSourceSettings.safeParse({ url });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ message }) => ({ path: "--prometheus", message }));
    throw new CoalmineError("invalid-settings", "the address of Prometheus does not read", { problems });
  }
  const settings = parsed.data;
  const common = { name, clock: systemClock, random: Math.random };
  const source = createPrometheusSource({ ...common, settings });
  return {
    source,
    ingestionDelayMs,
    async check(signal) {
      const probe = createPrometheusSource({
        ...common,
        settings: { ...settings, retryBudgetMs: checkBudgetMs },
      });
      try {
        await probe.checkReachable(signal);
      } finally {
        await probe.close();
      }
    },
    close: () => source.close(),
  };
}
