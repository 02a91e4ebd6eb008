/** A real Prometheus on 127.0.0.1, with data of its own that goes when it does. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { buildPrometheus } from "./build-prometheus.ts";
import { freePort } from "./free-port.ts";
import { startOwnProcess } from "./own-process.ts";
import { runCommand } from "./run-command.ts";

/** What the Prometheus is to hold and to do. */
export interface PrometheusOptions {
  /** Entries of `scrape_configs`, as in prometheus.yml. None: it scrapes nothing. */
  readonly scrapeConfigs?: readonly Readonly<Record<string, unknown>>[];
  /** OpenMetrics text with timestamps in seconds, ending in `# EOF`: samples it holds from the start. Several are filled in one by one. */
  readonly blocksFrom?: string | Iterable<string>;
  /** Further flags, as in `--web.enable-remote-write-receiver`. */
  readonly flags?: readonly string[];
}

/** A running Prometheus. */
export interface RunningPrometheus {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. The same after `restart`. */
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** Ends it as a crash would; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Freezes it: it accepts connections and never answers. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it if it runs and starts it again on the same port and data. */
  restart(): Promise<void>;
}

/** Starts it and waits until it answers queries; builds the program first if need be. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<RunningPrometheus> {
  const { prometheus, promtool } = await buildPrometheus();
  const folder = mkdtempSync(join(tmpdir(), "coalmine-prometheus-"));
  const data = join(folder, "data");
  try {
    if (options.blocksFrom !== undefined) await fillBlocks(promtool, folder, data, options.blocksFrom);
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, stringify({ scrape_configs: options.scrapeConfigs ?? [] }));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      // Tests hold samples of any year: the default of 15 days would delete them at the start.
      "--storage.tsdb.retention.time=80y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
      ...(options.flags ?? []),
    ];
    const start = () => startOwnProcess(prometheus, args, `${url}/-/ready`);
    let running = await start();
    return {
      url,
      stop: async () => {
        await running.stop();
        rmSync(folder, { recursive: true, force: true });
      },
      kill: () => running.kill(),
      pause: () => running.pause(),
      resume: () => running.resume(),
      restart: async () => {
        await running.stop();
        running = await start();
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fillBlocks(
  promtool: string,
  folder: string,
  data: string,
  openMetrics: string | Iterable<string>,
): Promise<void> {
  const file = join(folder, "samples.om");
  mkdirSync(data);
  for (const text of typeof openMetrics === "string" ? [openMetrics] : openMetrics) {
    writeFileSync(file, text);
    await runCommand(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, data]);
  }
  rmSync(file);
}
