/** `coalmine config check`: what a server's settings come to, before it runs with them. */
import type { Command } from "commander";
import { unreachable } from "../../../base/unreachable.ts";
import { cancelOnInterrupt } from "../cancel-on-interrupt.ts";
import type { CliHost } from "../cli-host.ts";
import { columns } from "../columns.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import type { Trial } from "./settings-report.ts";

const examples = `
  $ coalmine config check coalmine.yaml
  $ coalmine config check --connect

It reads what \`coalmine serve\` would: the file and the environment. Nothing is changed, and no secret shown.

Exit codes: 0 a server would start, 64 with problems, each with its path, 69 something that --connect asks is away.`;

export function addConfigCommand(program: Command, host: CliHost, exit: (code: number) => void): void {
  program
    .command("config")
    .description("look at the settings of a server")
    .command("check")
    .description("tell every problem of the settings, or what they mean")
    .argument("[file]", "settings file (default: $COALMINE_CONFIG or coalmine.yaml, if it is there)")
    .option("--connect", "read the files that it names too, and ask sources, database and cluster")
    .addHelpText("after", examples)
    .action(async (file: string | undefined, { connect = false }: { readonly connect?: boolean }) => {
      const { stdout, stderr } = host.terminal;
      const { rows, trials } = await cancelOnInterrupt(host.terminal, (signal) =>
        host.checkSettings({ settingsFile: file ?? null, connects: connect, signal }),
      );
      stdout.write(columns(rows));
      if (trials.length > 0) stdout.write(`\n${columns(trials.map(trialRow))}`);
      const failures = trials.flatMap((trial) => (trial.kind === "failed" ? [trial.error] : []));
      if (failures.length > 0) stderr.write(`coalmine: ${failures.length} of ${trials.length} failed\n`);
      // What has to be changed comes before what may come back by itself.
      exit(Math.min(...failures.map(({ code }) => exitCodes[code]), failures.length === 0 ? 0 : 255));
    });
}

function trialRow(trial: Trial): readonly [string, string, string] {
  return [trial.kind, trial.what, printable(textOf(trial))];
}

function textOf(trial: Trial): string {
  switch (trial.kind) {
    case "ok":
      return trial.text;
    case "warned": {
      const told = trial.problems.map(({ path, message }) => `${path}: ${message}`);
      return `${told.join("; ")} (a server starts all the same)`;
    }
    case "failed":
      return trial.error.message;
    default:
      return unreachable(trial);
  }
}
