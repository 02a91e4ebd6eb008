import { existsSync } from "node:fs";
import type { SettingsReport, Trial } from "../../adapters/cli/config/settings-report.ts";
import { CoalmineError } from "../../base/errors.ts";
import { defaultSettingsFile, loadSettings } from "../settings/load-settings.ts";
import { unusableSettings } from "../settings/settings.ts";
import type { CheckEnvironment } from "./check-environment.ts";
import { settingsRows } from "./settings-rows.ts";
import { settingsTrials } from "./settings-trials.ts";
import { startProblems } from "./start-problems.ts";

export interface CheckSettingsOptions {
  /** Null takes `coalmine.yaml` of the working directory, if there is one. */
  readonly settingsFile: string | null;
  readonly environment: CheckEnvironment;
  /** Whether files are read, and sources, the database and the cluster asked, too. */
  readonly connects: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads the settings as a server does and says what they mean. It changes nothing:
 * no file is made, and no schema brought up to date.
 *
 * @throws CoalmineError invalid-settings with every problem that keeps a server from starting.
 */
export async function checkSettings(options: CheckSettingsOptions): Promise<SettingsReport> {
  const { settingsFile, environment, connects, signal } = options;
  const settings = await loadSettings(settingsFile, environment);
  const file = settingsFile ?? (existsSync(defaultSettingsFile) ? defaultSettingsFile : null);
  const problems = await startProblems(settings, environment);
  if (problems.length > 0) throw unusableSettings(problems);
  const trials = connects ? settingsTrials(settings, environment) : [];
  return {
    rows: settingsRows({ settings, file, environment }),
    trials: await Promise.all(
      trials.map(async ({ what, run }): Promise<Trial> => {
        try {
          return { what, ...(await run(signal)) };
        } catch (thrown) {
          return { what, kind: "failed", error: CoalmineError.from(thrown) };
        }
      }),
    ),
  };
}
