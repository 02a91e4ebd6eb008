/** Progress for logs: a plain line a tick, and every warning once, when it is first met. */
import type { AnalysisStep } from "../../../analysis/run/step.ts";
import type { Progress, ProgressOptions } from "./progress.ts";
import { elapsedText, statusText } from "./progress-text.ts";

/** Looks between two ticks say nothing unless they bring a warning, the verdict or a source that went away. */
export function createLineProgress({ stream, startedAt, durationMs }: ProgressOptions): Progress {
  const warned = new Set<string>();
  let ticks = 0;
  let wasAway = false;

  const isWorthALine = ({ state, result }: AnalysisStep): boolean =>
    result.phase !== "running" || result.ticks !== ticks || (state.sourceAway !== null && !wasAway);

  return {
    step(step: AnalysisStep): void {
      const { state, result, look } = step;
      for (const { code, text } of result.warnings) {
        const line = `warning: ${text} (${code})\n`;
        if (!warned.has(line)) stream.write(line);
        warned.add(line);
      }
      if (isWorthALine(step)) {
        const elapsedMs = Date.parse(look.at) - startedAt;
        stream.write(`${elapsedText(elapsedMs, durationMs)}: ${statusText(step)}\n`);
      }
      ticks = result.ticks;
      wasAway = state.sourceAway !== null;
    },
    stop: () => undefined,
  };
}
