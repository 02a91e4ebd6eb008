/** The `coalmine` command: its sub-commands, and what becomes of their errors. */
import { Command, CommanderError } from "commander";
import { specJsonSchema } from "../../analysis/spec/json-schema.ts";
import { CoalmineError } from "../../base/errors.ts";
import { addAnalyzeCommand } from "./analyze-command.ts";
import { addAuditCommand } from "./audit/audit-command.ts";
import { cancelOnInterrupt } from "./cancel-on-interrupt.ts";
import type { CliHost } from "./cli-host.ts";
import { addConfigCommand } from "./config/config-command.ts";
import { runDemo } from "./demo/demo.ts";
import { describeError, exitCodes, usageExitCode } from "./exit-codes.ts";
import { addGateCommand } from "./gates/gate-command.ts";
import { addPlanCommand } from "./plan-command.ts";
import { addTokenCommand } from "./tokens/token-command.ts";

const examples = `
Examples:
  $ coalmine analyze --service checkout --telemetry istio --canary version=v2 --baseline version=v1
  $ coalmine analyze -f analysis.yaml --output junit --output-file canary.xml
  $ coalmine demo

Exit codes: 0 pass, 1 fail, 2 inconclusive, 64 bad input, 69 source unavailable, 70 internal error.`;

/**
 * Runs one command line, without the interpreter and the script's name.
 *
 * @returns the exit code; every error has been told on standard error by then.
 */
export async function runCliProgram(args: readonly string[], host: CliHost): Promise<number> {
  let exitCode = 0;
  const program = createProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    const failure = CoalmineError.from(error);
    host.terminal.stderr.write(describeError(failure));
    return exitCodes[failure.code];
  }
}

function createProgram(host: CliHost, exit: (code: number) => void): Command {
  const { stdout, stderr } = host.terminal;
  const program = new Command("coalmine")
    .description("Judges a canary release by its requests: pass, fail or inconclusive, and why.")
    .version(host.version, "--version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(--help lists what there is)")
    .addHelpText("after", examples);
  addAnalyzeCommand(program, host, exit);
  addPlanCommand(program, host);
  addGateCommand(program, host);
  addAuditCommand(program, host);
  addTokenCommand(program, host);
  addConfigCommand(program, host, exit);
  program
    .command("schema")
    .description("print the JSON Schema of a spec, for editors")
    .action(() => void stdout.write(`${JSON.stringify(specJsonSchema(), null, 2)}\n`));
  program
    .command("serve")
    .description("run the server, which starts and keeps analyses for callers over HTTP")
    .option("--config <file>", "settings file")
    .action(async (flags: { readonly config?: string }) => {
      const settingsFile = flags.config ?? null;
      exit(await cancelOnInterrupt(host.terminal, (signal) => host.serve({ settingsFile, signal })));
    });
  program
    .command("demo")
    .description("judge a bad and a good canary of a small service, live, in about a minute and a half")
    .action(async () => exit(await runDemo(host)));
  return program;
}
