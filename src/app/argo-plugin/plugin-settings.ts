import { parseArgs } from "node:util";
import { section } from "../../analysis/spec/section.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import { readSettingsFile } from "../settings/load-settings.ts";
import {
  isMap,
  readSettings,
  type Settings,
  type SettingsEnvironment,
  unusableSettings,
} from "../settings/settings.ts";
import { type ServerSettings, serverSettings } from "./server-settings.ts";

/** The controller's own variables that the plugin heeds too. */
export interface PluginEnvironment extends SettingsEnvironment {
  readonly COALMINE_CONFIG?: string | undefined;
  /** Where the controller's prometheus provider asks unless a template says. */
  readonly ARGO_ROLLOUTS_PROMETHEUS_ADDRESS?: string | undefined;
}

/** A plugin judges by itself, or asks a server for everything. */
export type PluginSettings =
  | { readonly kind: "local"; readonly settings: Settings }
  | { readonly kind: "remote"; readonly server: ServerSettings };

/**
 * The settings of a plugin: `--settings FILE` (or COALMINE_CONFIG), above it
 * `--source NAME=URL` for each further Prometheus, and where nothing names the
 * source `default`, the address of the controller's own prometheus provider.
 *
 * With `server` in the file, or `--server URL` above it, the plugin is remote: what
 * the file says beside it would mean nothing, and is refused.
 *
 * @throws CoalmineError invalid-settings for what cannot be read, with every problem.
 */
export async function loadPluginSettings(
  args: readonly string[],
  environment: PluginEnvironment,
): Promise<PluginSettings> {
  const { settings: named, server, source = [] } = readArguments(args);
  const path = named ?? (environment.COALMINE_CONFIG || null);
  const file = await readSettingsFile(path);
  if (server !== undefined || (isMap(file) && file["server"] !== undefined)) {
    if (source.length > 0) throw besideServer("--source");
    return { kind: "remote", server: readRemoteFile(file, server) };
  }
  return { kind: "local", settings: localSettings(file, source, environment) };
}

function localSettings(file: unknown, source: readonly string[], environment: PluginEnvironment): Settings {
  const { PROMETHEUS_URL } = environment;
  const named = Object.fromEntries(source.map(readSource));
  const settings = readSettings(file, { PROMETHEUS_URL });
  const sources = { ...settings.sources, ...readSettings({ sources: named }, {}).sources };
  const address = environment.ARGO_ROLLOUTS_PROMETHEUS_ADDRESS;
  if (sources["default"] !== undefined || !address) return { ...settings, sources };
  return { ...settings, sources: { ...readSettings({}, { PROMETHEUS_URL: address }).sources, ...sources } };
}

const remoteFile = section({ server: serverSettings });

/**
 * The server that a remote plugin's file names, and nothing beside it.
 *
 * @param url stands above the file's.
 * @throws CoalmineError invalid-settings with every problem.
 */
export function readRemoteFile(file: unknown, url?: string): ServerSettings {
  const given = url === undefined ? file : withUrl(file ?? {}, url);
  const other = isMap(given) ? Object.keys(given).find((key) => key !== "server") : undefined;
  if (other !== undefined) throw besideServer(`\`${other}\``);
  const read = safeParse(remoteFile, given);
  if (read.success) return read.data.server;
  throw unusableSettings(zodProblems(read.error.issues));
}

function withUrl(file: unknown, url: string): unknown {
  if (!isMap(file)) return file;
  const { server = {} } = file;
  return { ...file, server: isMap(server) ? { ...server, url } : server };
}

function besideServer(what: string): CoalmineError {
  return new CoalmineError(
    "invalid-settings",
    `the plugin's settings: ${what} has no meaning beside a server, whose own settings count: remove one of them`,
  );
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        settings: { type: "string" },
        server: { type: "string" },
        source: { type: "string", multiple: true },
        /** The main thread's: see runPlugin. */
        grpc: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `the plugin's arguments: ${messageOf(cause)}`, { cause });
}

function readSource(text: string): readonly [name: string, source: unknown] {
  const [, name, url] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && url !== undefined) return [name, { kind: "prometheus", url }];
  throw new CoalmineError(
    "invalid-settings",
    "the plugin's arguments: --source takes name=url, for instance default=http://prometheus.monitoring:9090",
  );
}
