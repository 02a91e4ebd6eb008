/** A Prometheus of the demo's own: on a free port, with its data in a folder that goes with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CoalmineError } from "../../../base/errors.ts";
import type { ScrapeTarget } from "../cli-host.ts";

/** A server to start takes about a second; a busy machine a few. */
const readyWithinMs = 20_000;
/** Then it is killed: nothing in its folder is worth keeping. */
const endWithinMs = 5_000;

export interface PrometheusChild {
  readonly url: string;
  /** Ends the process and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts the binary with a configuration that scrapes every target each second.
 *
 * @throws CoalmineError source-unavailable if it ends or is not ready in time;
 *   the signal's reason if it aborts. Nothing is left behind then.
 */
export async function startPrometheusChild(
  binary: string,
  targets: readonly ScrapeTarget[],
  signal: AbortSignal,
): Promise<PrometheusChild> {
  const folder = await mkdtemp(join(tmpdir(), "coalmine-demo-"));
  const config = join(folder, "prometheus.yml");
  await writeFile(config, configuration(targets));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${new URL(url).host}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const ended = once(child, "exit").then(
    () => "it ended",
    (error: Error) => error.message,
  );
  const close = async (): Promise<void> => {
    await end(child, ended);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(url, ended, signal);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** JSON is YAML. */
function configuration(targets: readonly ScrapeTarget[]): string {
  const metricsPaths = targets.map(({ url, labels }, index) => ({
    job_name: `demo-${index}`,
    metrics_path: new URL(url).pathname,
    static_configs: [{ targets: [new URL(url).host], labels }],
  }));
  return JSON.stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: metricsPaths,
  });
}

async function untilReady(url: string, ended: Promise<string>, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  let why: string | null = null;
  void ended.then((message) => {
    why = message;
  });
  while (!(await isReady(url, deadline))) {
    signal.throwIfAborted();
    if (deadline.aborted) why = `it was not ready within ${readyWithinMs / 1_000} s`;
    if (why !== null) throw new CoalmineError("source-unavailable", `prometheus did not start: ${why}`);
    await sleep(100);
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), endWithinMs);
  await ended;
  clearTimeout(kill);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
