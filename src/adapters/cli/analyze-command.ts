/** The flags of `coalmine analyze` and their help. */
import { type Command, Option } from "commander";
import { type AnalyzeFlags, analyze } from "./analyze.ts";
import type { CliHost } from "./cli-host.ts";
import { outputFormats } from "./report/report.ts";

const examples = `
Flags win over the file, and without a file they make a whole spec:
  $ coalmine analyze -f analysis.yaml --duration 20m
  $ coalmine analyze --service checkout --namespace shop --telemetry istio \\
      --canary version=v2 --baseline version=v1 --threshold 99.5 --max-latency p99=500ms

A window that has passed is judged at once, and the result says when it would have been decided:
  $ coalmine analyze -f analysis.yaml --from -30m --to now

In a pipeline, the result goes to standard output and the exit code is the verdict:
  $ coalmine analyze -f - --output json < analysis.yaml > result.json

Exit codes: 0 pass, 1 fail, 2 inconclusive, 64 bad input, 69 source unavailable, 70 internal error.`;

/** Adds the command; `exit` is told the exit code of its verdict. */
export function addAnalyzeCommand(program: Command, host: CliHost, exit: (code: number) => void): void {
  program
    .command("analyze")
    .description("judge one canary, live or over a past window")
    .optionsGroup("What is judged:")
    .option("-f, --file <path>", "spec in YAML or JSON; - reads standard input")
    .option("--service <name>", "the service, as its metrics name it")
    .option("--namespace <name>", "its namespace")
    .option("--telemetry <preset>", "whose metrics are read: istio, linkerd, nginx, traefik, envoy, http, …")
    .option("--canary <fields>", "how the canary is told apart: version=v2, hash=…, or selector=… last")
    .option("--baseline <fields>", "the same for the baseline; without it only limits are judged")
    .option("--duration <time>", "how long to judge, for instance 10m")
    .option("--threshold <percent>", "requests that must succeed, for instance 99.5")
    .option("--max-latency <pNN=time>", "latency limit, for instance p99=500ms; repeatable", collect)
    .option(
      "--set <path=value>",
      "set any field of the spec, for instance budget.falseAlarm=0.01; repeatable",
      collect,
    )
    .optionsGroup("When:")
    .option("--from <time>", "judge a past window: RFC 3339, unix seconds, or how long ago (-30m)")
    .option("--to <time>", "its end; without it the window is as long as the duration")
    .optionsGroup("From where:")
    .option("--prometheus <url>", "Prometheus to read (default: $PROMETHEUS_URL or http://127.0.0.1:9090)")
    .option("--config <file>", "settings file that names sources")
    .optionsGroup("Output:")
    .addOption(new Option("--output <form>", "form of the result").choices(outputFormats).default("text"))
    .option("--output-file <path>", "write that form to a file, and text to standard output")
    .option("--quiet", "no progress; with --output-file no text either")
    .option("--no-color", "no colour")
    .addHelpText("after", examples)
    .action(async (flags: AnalyzeFlags) => exit(await analyze(flags, host)));
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
