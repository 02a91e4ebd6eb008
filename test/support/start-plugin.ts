/** A plugin's program, started as a host starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface EndedPlugin {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts Node with these arguments, with the cookie of the sample plugins and
 * what is given in its environment; it ends with the test.
 */
export function startPlugin(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "plugin-"));
  const child = spawn(process.execPath, [...command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      COALMINE_SAMPLE_PLUGIN: "sample",
      PLUGIN_PROTOCOL_VERSIONS: "1",
      PLUGIN_UNIX_SOCKET_DIR: folder,
      ...env,
    },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const line = Promise.withResolvers<string>();
  return { child, folder, line: line.promise, ended: watch(child, line.resolve) };
}

/** Resolves when neither the process nor one of its own holds its output any more. */
function watch(child: ChildProcess, onLine: (line: string) => void): Promise<EndedPlugin> {
  let stdout = "";
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
    if (stdout.includes("\n")) onLine(stdout.slice(0, stdout.indexOf("\n")));
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}
