import { parseArgs } from "node:util";
import { usageExitCode } from "../adapters/cli/exit-codes.ts";
import { messageOf } from "../base/errors.ts";
import { serve } from "./serve.ts";

/**
 * The server as a process: `server [--config FILE]`. SIGTERM and SIGINT drain
 * it; a second one ends it at once. Resolves to its exit code.
 */
export async function runServer(): Promise<number> {
  let config: string | undefined;
  try {
    config = parseArgs({ options: { config: { type: "string" } } }).values.config;
  } catch (error) {
    process.stderr.write(`coalmine: ${messageOf(error)}\n`);
    return usageExitCode;
  }
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());
  return await serve({
    settingsFile: config ?? (process.env["COALMINE_CONFIG"] || null),
    environment: process.env,
    signal: stopping.signal,
    stderr: process.stderr,
  });
}
