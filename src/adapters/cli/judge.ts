/** An analysis from the first question to the sources to its last look. */
import type { AnalysisResult } from "../../analysis/result.ts";
import type { AnalysisStep } from "../../analysis/run/step.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { CoalmineError } from "../../base/errors.ts";
import type { CliHost, OpenSources } from "./cli-host.ts";
import { createProgress } from "./progress/create-progress.ts";
import { silentProgress } from "./progress/progress.ts";

/** One analysis to run. */
export interface Judging {
  readonly spec: AnalysisSpec;
  /** Start of a past window; null is now. */
  readonly startedAt: number | null;
  readonly open: OpenSources;
  readonly host: CliHost;
  readonly signal: AbortSignal;
  readonly isQuiet: boolean;
}

/**
 * Runs an analysis to its end and shows its progress.
 *
 * @returns the last result; null if it was interrupted before there was one.
 * @throws CoalmineError source-unavailable if a source does not answer before
 *   the first look; whatever the run throws.
 */
export async function judge(judging: Judging): Promise<AnalysisResult | null> {
  const { spec, host, signal } = judging;
  try {
    await judging.open.check(signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
  const startedAt = judging.startedAt ?? host.clock.now();
  const clock = judging.startedAt === null ? host.clock : null;
  const stream = host.terminal.stderr;
  const progress = judging.isQuiet
    ? silentProgress
    : createProgress({ stream, startedAt, durationMs: spec.durationMs, clock });
  let result: AnalysisResult | null = null;
  try {
    for await (const step of steps(judging, startedAt)) {
      progress.step(step);
      result = step.result;
    }
  } finally {
    progress.stop();
  }
  if (result === null && !signal.aborted)
    throw new CoalmineError("internal", "the analysis ended without a look");
  return result;
}

function steps(
  { spec, startedAt: past, open, host, signal }: Judging,
  startedAt: number,
): AsyncGenerator<AnalysisStep> {
  const common = { id: host.newId(), spec, sources: open.sources, startedAt, signal };
  if (past !== null) return host.runs.replay(common);
  return host.runs.live({
    ...common,
    clock: host.clock,
    state: null,
    ingestionDelayMs: open.ingestionDelayMs,
  });
}
