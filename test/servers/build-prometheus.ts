/** The Prometheus programs the tests run against: found on the machine, or built once from the Go module proxy. */
import { join } from "node:path";
import { buildGoPrograms } from "./build-go-programs.ts";
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
  const folder = await makeOnce(join(cacheFolder(), `prometheus-${version}-${platform}`), (into) => {
    say(`building Prometheus ${version} from its Go module (two to five minutes, once)`);
    return buildGoPrograms(
      {
        title: `Prometheus ${version}`,
        moduleFolder,
        packages: [`${source}/prometheus`, `${source}/promtool`],
        variables: { "github.com/prometheus/common/version.Version": version },
        tags: "remove_all_sd",
      },
      into,
      say,
    );
  });
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
