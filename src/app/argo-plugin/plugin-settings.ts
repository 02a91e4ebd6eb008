import { parseArgs } from "node:util";
import { CoalmineError } from "../../base/errors.ts";
import { loadSettings } from "../load-settings.ts";
import { readSettings, type Settings, type SettingsEnvironment } from "../settings.ts";

/** The controller's own variables that the plugin heeds too. */
export interface PluginEnvironment extends SettingsEnvironment {
  readonly COALMINE_CONFIG?: string | undefined;
  /** Where the controller's prometheus provider asks unless a template says. */
  readonly ARGO_ROLLOUTS_PROMETHEUS_ADDRESS?: string | undefined;
}

/**
 * The settings of a plugin: `--settings FILE` (or COALMINE_CONFIG), above it
 * `--source NAME=URL` for each further Prometheus, and where nothing names the
 * source `default`, the address of the controller's own prometheus provider.
 *
 * @throws CoalmineError invalid-settings for what cannot be read, with every problem.
 */
export async function loadPluginSettings(
  args: readonly string[],
  environment: PluginEnvironment,
): Promise<Settings> {
  const { settings: file, source = [] } = readArguments(args);
  const { PROMETHEUS_URL } = environment;
  const named = Object.fromEntries(source.map(readSource));
  const settings = await loadSettings(file ?? (environment.COALMINE_CONFIG || null), { PROMETHEUS_URL });
  const sources = { ...settings.sources, ...readSettings({ sources: named }, {}).sources };
  const address = environment.ARGO_ROLLOUTS_PROMETHEUS_ADDRESS;
  if (sources["default"] !== undefined || !address) return { ...settings, sources };
  return { ...settings, sources: { ...readSettings({}, { PROMETHEUS_URL: address }).sources, ...sources } };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { settings: { type: "string" }, source: { type: "string", multiple: true } },
    }).values;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): CoalmineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CoalmineError("invalid-settings", `the plugin's arguments: ${why}`, { cause });
}

function readSource(text: string): readonly [name: string, source: unknown] {
  const [, name, url] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && url !== undefined) return [name, { kind: "prometheus", url }];
  throw new CoalmineError(
    "invalid-settings",
    "the plugin's arguments: --source takes name=url, for instance default=http://prometheus.monitoring:9090",
  );
}
