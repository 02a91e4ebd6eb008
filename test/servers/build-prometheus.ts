/** The Prometheus programs the tests run against: found on the machine, or built once from the Go module proxy. */
import { join } from "node:path";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

/** Paths of the programs. */
export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Pinned in test/tools/prometheus/go.mod as v0.315.0: modules of Prometheus 3.x are numbered 0.3xx. */
const version = "3.15.0";
const moduleFolder = join(import.meta.dirname, "../tools/prometheus");
const source = "github.com/prometheus/prometheus/cmd";

/**
 * The programs named by `PROMETHEUS_BIN` (the path of prometheus, with promtool
 * beside it) or found on the PATH, when they are of version 3 or later; else
 * those built from the pinned module, which takes two to five minutes the first
 * time and no time later.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if `PROMETHEUS_BIN` is older than 3, or the build fails.
 */
export async function buildPrometheus(say: (line: string) => void = () => {}): Promise<PrometheusPrograms> {
  const named = process.env["PROMETHEUS_BIN"];
  if (named !== undefined && named !== "") {
    const found = { prometheus: named, promtool: join(named, "../promtool") };
    if (!(await isCurrent(found)))
      throw new Error(`PROMETHEUS_BIN=${named}: version 3 or later wanted, with promtool beside it`);
    return found;
  }
  const installed = { prometheus: "prometheus", promtool: "promtool" };
  if (await isCurrent(installed)) return installed;
  const folder = await makeOnce(join(cacheFolder(), `prometheus-${version}-${platform}`), (into) =>
    build(into, say),
  );
  return { prometheus: join(folder, "prometheus"), promtool: join(folder, "promtool") };
}

async function isCurrent({ prometheus, promtool }: PrometheusPrograms): Promise<boolean> {
  try {
    const answers = await Promise.all(
      [prometheus, promtool].map((program) => runCommand(program, ["--version"])),
    );
    return answers.every((answer) => Number(/version v?(\d+)/.exec(answer)?.[1]) >= 3);
  } catch {
    return false;
  }
}

async function build(into: string, say: (line: string) => void): Promise<void> {
  say(`building Prometheus ${version} from its Go module (two to five minutes, once)`);
  const started = performance.now();
  let steps = 0;
  const seconds = () => Math.round((performance.now() - started) / 1_000);
  const progress = setInterval(
    () => say(`building Prometheus: ${steps} packages after ${seconds()} s`),
    10_000,
  );
  try {
    await runCommand(
      "go",
      ["build", ...buildFlags, "-o", `${into}/`, `${source}/prometheus`, `${source}/promtool`],
      {
        cwd: moduleFolder,
        env: { CGO_ENABLED: "0", ...goFolders() },
        onLine: () => {
          steps += 1;
        },
        nice: 10,
      },
    );
  } finally {
    clearInterval(progress);
  }
  say(`built Prometheus ${version} in ${seconds()} s`);
}

/** `-v` names each package as it is compiled: the steps of the progress line. */
const buildFlags = [
  "-v",
  "-mod=readonly",
  "-trimpath",
  "-buildvcs=false",
  "-tags=remove_all_sd",
  `-ldflags=-s -w -X github.com/prometheus/common/version.Version=${version}`,
];

/** Go keeps its caches under the home folder; where there is none, they stand beside ours. */
function goFolders(): Record<string, string> {
  if (process.env["HOME"] !== undefined && process.env["HOME"] !== "") return {};
  return { GOPATH: join(cacheFolder(), "go"), GOCACHE: join(cacheFolder(), "go-build") };
}
