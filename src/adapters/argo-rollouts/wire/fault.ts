/** What the controller and the log are told of a fault of ours. */
import type { Logger } from "../../../base/logger.ts";
import { errorText } from "../../../wire/go-plugin/index.ts";

/** Long enough to say what to do, short enough for a table of measurements. */
const maxLength = 1_000;

/** Logs the fault and returns it in a line. @param method which call met it. */
export function reportFault(logger: Logger, method: string, fault: unknown): string {
  const text = errorText(fault).slice(0, maxLength);
  logger.error({ error: fault }, `argo-rollouts: ${method}: ${text}`);
  return `a fault of the coalmine plugin: ${text}`;
}
