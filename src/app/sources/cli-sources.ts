/** The sources of the command line: those of the settings, one Prometheus by its address, or the scraper. */
import type { OpenSources, SourceOpener } from "../../adapters/cli/cli-host.ts";
import { pickSources } from "../../analysis/pick-sources.ts";
import { loadSettings } from "../settings/load-settings.ts";
import { readSettings, type SettingsEnvironment, type SourceSettings } from "../settings/settings.ts";
import { systemClock } from "../system-clock.ts";
import { checkSource } from "./check-source.ts";
import { openSources } from "./open-sources.ts";

/** The variables that stand for flags which are not given. */
export interface CliEnvironment extends SettingsEnvironment {
  readonly COALMINE_CONFIG?: string | undefined;
}

/** Where Prometheus is unless anyone says. */
const localPrometheus = "http://127.0.0.1:9090";

/** The settings file that the environment names; null without. */
export function settingsFileOf(environment: CliEnvironment): string | null {
  return environment.COALMINE_CONFIG || null;
}

/** Opens sources by the machine's clock. Without settings there is one, `default`: PROMETHEUS_URL or the local one. */
export function createCliSources(environment: CliEnvironment): SourceOpener {
  return {
    async named(spec, { prometheusUrl, settingsFile }) {
      const settings = await loadSettings(settingsFile ?? settingsFileOf(environment), {
        PROMETHEUS_URL: prometheusUrl ?? environment.PROMETHEUS_URL,
      });
      const known = { ...prometheusAt(localPrometheus), ...settings.sources };
      const opened = openSources(known, { clock: systemClock });
      try {
        const picked = pickSources(spec, opened.byName);
        const named = Object.entries(known).filter(([name]) => spec.sources.includes(name));
        return {
          ...picked,
          check: (signal) => checkAll(Object.fromEntries(named), signal),
          close: opened.close,
        };
      } catch (error) {
        await opened.close();
        throw error;
      }
    },
    prometheus: (url, ingestionDelayMs) => openOne(prometheusAt(url), ingestionDelayMs),
    scraper: (targets, intervalMs) =>
      openOne(
        readSettings({ sources: { default: { kind: "scrape", targets, interval: `${intervalMs}ms` } } }, {})
          .sources,
        0,
      ),
  };
}

type Sources = Readonly<Record<string, SourceSettings>>;

function openOne(settings: Sources, ingestionDelayMs: number): OpenSources {
  const { byName, close } = openSources(settings, { clock: systemClock });
  const sources = [...byName.values()].map(({ source }) => source);
  return { sources, ingestionDelayMs, check: (signal) => checkAll(settings, signal), close };
}

/** Asks each Prometheus; the scraper asks by itself and tells in its answers. */
async function checkAll(known: Sources, signal: AbortSignal): Promise<void> {
  await Promise.all(Object.entries(known).map(([name, entry]) => checkSource(name, entry, signal)));
}

/** The source `default` as the settings would have it. @throws CoalmineError invalid-settings if the address does not read. */
function prometheusAt(url: string): Sources {
  return readSettings(undefined, { PROMETHEUS_URL: url }).sources;
}
