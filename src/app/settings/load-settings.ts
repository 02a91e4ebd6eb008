import { readFile } from "node:fs/promises";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import { readSecretYaml } from "./read-secret-yaml.ts";
import { readSettings, type Settings, type SettingsEnvironment } from "./settings.ts";

/** Read from the working directory when no file is named; it need not be there. */
export const defaultSettingsFile = "coalmine.yaml";

/**
 * Reads the settings file and the environment.
 *
 * @param path of a YAML file that must be there; null takes `coalmine.yaml` if there is one.
 * @throws CoalmineError invalid-settings if the file cannot be read, is no YAML, or as {@link readSettings} does.
 */
export async function loadSettings(path: string | null, environment: SettingsEnvironment): Promise<Settings> {
  return readSettings(await readSettingsFile(path), environment);
}

/**
 * The settings file as it stands there; undefined if there is none.
 *
 * @throws CoalmineError invalid-settings if it cannot be read, or is no YAML.
 */
export async function readSettingsFile(path: string | null): Promise<unknown> {
  const text = await readText(path);
  return text === null ? undefined : readYaml(text, path ?? defaultSettingsFile);
}

async function readText(path: string | null): Promise<string | null> {
  try {
    return await readFile(path ?? defaultSettingsFile, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (path === null && isMissing) return null;
    throw unreadable(path ?? defaultSettingsFile, isMissing ? "there is no such file" : String(error), error);
  }
}

function readYaml(text: string, name: string): unknown {
  try {
    return readSecretYaml(text);
  } catch (error) {
    throw noYaml(name, error);
  }
}

function noYaml(name: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `the settings file ${name} is no YAML: ${messageOf(cause)}`, {
    cause,
  });
}

function unreadable(name: string, why: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-settings", `cannot read the settings file ${name}: ${why}`, { cause });
}
