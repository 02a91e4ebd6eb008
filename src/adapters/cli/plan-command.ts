/** `coalmine plan`: how soon a regression would be found, before the rollout starts. */
import { type Command, InvalidArgumentError } from "commander";
import { type Forecast, forecast } from "../../analysis/plan/rollout-forecast.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { formatDuration } from "../../base/duration.ts";
import { formatCount, formatPercent } from "../../base/format.ts";
import type { CliHost } from "./cli-host.ts";
import { readInput } from "./read-input.ts";

interface PlanFlags {
  readonly file?: string;
  readonly rps: number;
  readonly share: number;
  readonly errorRate: number;
}

const sizes = [2, 3, 5, 10];

const defaults = {
  service: "service",
  telemetry: "http",
  cohorts: { canary: { version: "canary" }, baseline: { version: "stable" } },
};

/** Adds the command. */
export function addPlanCommand(program: Command, host: CliHost): void {
  program
    .command("plan")
    .description("tell how long a regression of each size would take to be found with your traffic")
    .requiredOption("--rps <number>", "requests a second, canary and baseline together", positive)
    .requiredOption("--share <percent>", "the canary's share of them, for instance 10", percent)
    .requiredOption("--error-rate <percent>", "the baseline's error rate, for instance 0.5", percent)
    .option("-f, --file <path>", "spec whose margins, budget and ticks count; the defaults without")
    .action(async (flags: PlanFlags) => {
      const input = flags.file === undefined ? defaults : await readFileSpec(flags.file, host);
      const traffic = { requestsPerSecond: flags.rps, canaryShare: flags.share, errorRate: flags.errorRate };
      const rows = forecast(parseSpec(input), traffic, sizes);
      host.terminal.stdout.write(planText(flags, rows));
    });
}

async function readFileSpec(path: string, host: CliHost): Promise<unknown> {
  return readSpecText(await readInput(path, host.terminal.stdin));
}

function planText({ rps, share, errorRate }: PlanFlags, rows: readonly Forecast[]): string {
  const opening = `With ${rps} requests/s, ${formatPercent(share)} of them to the canary, and ${formatPercent(errorRate)} errors:\n`;
  const lines = rows.map(({ times, median, p90 }) => {
    const size = `${times}× (${formatPercent(Math.min(1, times * errorRate))})`;
    return `  ${size.padEnd(14)} ${told(median).padEnd(44)} ${told(p90)}`;
  });
  return `${opening}  ${"regression".padEnd(14)} ${"found in half of all rollouts after".padEnd(44)} in nine of ten after\n${lines.join("\n")}\n`;
}

function told({ canaryRequests, ms }: Forecast["median"]): string {
  const minutes = formatDuration(Math.ceil(ms / 60_000) * 60_000);
  return `${minutes}, ${formatCount(Math.ceil(canaryRequests))} canary requests`;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("wants a number above 0.");
  return value;
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, ""));
  if (!(value > 0 && value < 100))
    throw new InvalidArgumentError("wants a percentage above 0 and below 100.");
  return value / 100;
}
