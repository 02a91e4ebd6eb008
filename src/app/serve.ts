import pino from "pino";
import { describeError, exitCodes } from "../adapters/cli/exit-codes.ts";
import { CoalmineError } from "../base/errors.ts";
import { createService } from "./create-service.ts";
import { loadSettings } from "./settings/load-settings.ts";
import type { SettingsEnvironment } from "./settings/settings.ts";
import { createAmbient } from "./tracing/ambient.ts";
import { startTracing } from "./tracing/start-tracing.ts";
import type { TracingEnvironment } from "./tracing/tracing-options.ts";
import { readVersion } from "./version.ts";

export interface ServeOptions {
  /** Null takes `coalmine.yaml` of the working directory, if there is one. */
  readonly settingsFile: string | null;
  readonly environment: SettingsEnvironment & TracingEnvironment;
  /** Aborting it drains the server. */
  readonly signal: AbortSignal;
  /** For what keeps the server from starting; its log goes to the process's standard error, as JSON. */
  readonly stderr: { write(text: string): unknown };
}

/** Serves until the signal aborts; resolves to the exit code: 0, 64 for settings that cannot be used, 70 for a fault. */
export async function serve({ settingsFile, environment, signal, stderr }: ServeOptions): Promise<number> {
  try {
    const settings = await loadSettings(settingsFile, environment);
    const ambient = createAmbient();
    const { logLevel: level } = settings;
    const mixin = () => ambient.logFields();
    const logger = pino({ level, mixin }, pino.destination({ fd: 2, sync: true }));
    const tracing = await startTracing({ environment, ambient, logger, version: await readVersion() });
    const service = await createService({ settings, logger, tracing, ambient });
    await aborted(signal);
    await service.close();
    await tracing.close();
    return 0;
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    stderr.write(describeError(error));
    return exitCodes[error.code];
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
