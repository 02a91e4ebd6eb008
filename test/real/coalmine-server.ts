/** Coalmine's server as a process of its own, on one address over all its starts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../servers/free-port.ts";
import { type OwnProcess, startOwnProcess } from "../servers/own-process.ts";

/** A server under way. */
export interface CoalmineServer {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** What it has printed so far, over all its starts: lines of JSON. */
  log(): string;
  /** Ends it as Kubernetes does (SIGTERM); it drains first. */
  stop(): Promise<void>;
  /** Ends it as a lost node does (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`, and waits until it is ready. */
  start(): Promise<void>;
  /** Ends it and removes its settings. */
  close(): Promise<void>;
}

const fromSources = [join(import.meta.dirname, "../../src/bin/server.ts")];

/**
 * Starts the server and waits until it is ready.
 *
 * @param settings as in its settings file; where it listens is chosen here.
 * @param environment its whole environment besides PATH and its own database.
 * @param program Node's arguments for it; src/bin/server.ts if left out.
 */
export async function startCoalmineServer(
  settings: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = fromSources,
): Promise<CoalmineServer> {
  const folder = mkdtempSync(join(tmpdir(), "coalmine-server-"));
  const file = join(folder, "coalmine.yaml");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(file, stringify({ ...settings, listen: { host: "127.0.0.1", port } }), { mode: 0o600 });
  let log = "";
  const start = () =>
    startOwnProcess(process.execPath, [...program, "--config", file], `${url}/readyz`, {
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        NODE_NO_WARNINGS: "1",
        DATABASE_FILE: join(folder, "coalmine.db"),
        ...environment,
      },
      onOutput: (text) => {
        log += text;
      },
    });
  let running: OwnProcess;
  try {
    running = await start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    get pid() {
      return running.pid;
    },
    log: () => log,
    stop: () => running.stop(),
    kill: () => running.kill(),
    async start() {
      running = await start();
    },
    async close() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
