/** `coalmine analyze`: from flags and a spec to a verdict on standard output and an exit code. */
import { writeFile } from "node:fs/promises";
import type { AnalysisResult } from "../../analysis/result.ts";
import { CoalmineError, messageOf } from "../../base/errors.ts";
import { cancelOnInterrupt } from "./cancel-on-interrupt.ts";
import type { CliHost } from "./cli-host.ts";
import { verdictExitCodes } from "./exit-codes.ts";
import { judge } from "./judge.ts";
import { createPaint, plain } from "./paint.ts";
import { readSpec, type SpecSources } from "./read-spec.ts";
import { type OutputFormat, writeReport } from "./report/report.ts";

/** The flags of `coalmine analyze`, as commander reads them. */
export interface AnalyzeFlags extends SpecSources {
  readonly prometheus?: string;
  readonly config?: string;
  readonly output: OutputFormat;
  readonly outputFile?: string;
  readonly quiet?: boolean;
  /** False for `--no-color`. */
  readonly color: boolean;
}

/**
 * Runs one analysis, live or over the window that was named, and reports it.
 * The first interrupt ends it as inconclusive `cancelled`.
 *
 * @returns the exit code of the verdict.
 * @throws CoalmineError as reading the flags, the spec and the sources does;
 *   source-unavailable if a source does not answer before the first look.
 */
export async function analyze(flags: AnalyzeFlags, host: CliHost): Promise<number> {
  const { spec, startedAt } = await readSpec(flags, host);
  const choice = { prometheusUrl: flags.prometheus ?? null, settingsFile: flags.config ?? null };
  const open = await host.open.named(spec, choice);
  try {
    const result = await cancelOnInterrupt(host.terminal, (signal) =>
      judge({ spec, startedAt, open, host, signal, isQuiet: flags.quiet === true }),
    );
    if (result === null) return verdictExitCodes.inconclusive;
    await report(result, flags, host);
    return verdictExitCodes[result.verdict ?? "inconclusive"];
  } finally {
    await open.close();
  }
}

/** With a file, that gets the form asked for and standard output the text, unless it is to be quiet. */
async function report(result: AnalysisResult, flags: AnalyzeFlags, { terminal }: CliHost): Promise<void> {
  const paint = createPaint(terminal.stdout, flags.color);
  if (flags.outputFile === undefined) {
    terminal.stdout.write(writeReport(result, flags.output, paint));
    return;
  }
  if (flags.quiet !== true) terminal.stdout.write(writeReport(result, "text", paint));
  try {
    await writeFile(flags.outputFile, writeReport(result, flags.output, plain));
  } catch (error) {
    throw unwritable(flags.outputFile, error);
  }
}

function unwritable(path: string, cause: unknown): CoalmineError {
  return new CoalmineError("invalid-request", `${path} cannot be written: ${messageOf(cause)}`, { cause });
}
