/** Wires the command line to the world: the process, the machine's clock, and the sources. */
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { delimiter } from "node:path";
import type { CliHost } from "../adapters/cli/cli-host.ts";
import { runCliProgram } from "../adapters/cli/cli-program.ts";
import type { Terminal } from "../adapters/cli/terminal.ts";
import { replay } from "../analysis/run/replay.ts";
import { runLive } from "../analysis/run/run-live.ts";
import { checkSettings } from "./config-check/check-settings.ts";
import { serve } from "./serve.ts";
import { createCliSources, settingsFileOf } from "./sources/cli-sources.ts";
import { systemClock } from "./system-clock.ts";
import { readVersion } from "./version.ts";

/** Runs the command line that the process was started with; resolves to its exit code. */
export async function runCli(): Promise<number> {
  process.stdout.on("error", ignoreClosedPipe);
  return await runCliProgram(process.argv.slice(2), await createHost());
}

/** Who reads the first lines alone, as `head` does, has what they want; the exit code still tells the verdict. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

async function createHost(): Promise<CliHost> {
  const prometheusUrl = process.env["PROMETHEUS_URL"] || null;
  return {
    version: await readVersion(),
    terminal: processTerminal,
    clock: systemClock,
    environment: {
      prometheusUrl,
      serverUrl: process.env["COALMINE_URL"] || null,
      token: process.env["COALMINE_TOKEN"] || null,
      user: userName(),
      path: (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
    },
    runs: { live: runLive, replay },
    open: createCliSources(process.env),
    fetch: (address, init) => fetch(address, init),
    newId: randomUUID,
    checkSettings: (options) =>
      checkSettings({
        ...options,
        settingsFile: options.settingsFile ?? settingsFileOf(process.env),
        environment: process.env,
      }),
    serve: ({ settingsFile, signal }) =>
      serve({
        settingsFile: settingsFile ?? settingsFileOf(process.env),
        environment: process.env,
        signal,
        stderr: process.stderr,
      }),
  };
}

/** A container may run under an id that has no name. */
function userName(): string | null {
  try {
    return userInfo().username || null;
  } catch {
    return null;
  }
}

const processTerminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt(listener) {
    process.on("SIGINT", listener).on("SIGTERM", listener);
    return () => void process.off("SIGINT", listener).off("SIGTERM", listener);
  },
  exit: (code) => process.exit(code),
};
