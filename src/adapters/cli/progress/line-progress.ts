/** Progress for logs: a plain line a tick, and every warning once, when it is first met. */
import type { AnalysisStep } from "../../../analysis/run/step.ts";
import type { Progress, ProgressOptions } from "./progress.ts";
import { elapsedText, evidenceText } from "./progress-text.ts";

/** Looks between two ticks say nothing unless they bring a warning or the verdict. */
export function createLineProgress({ stream, startedAt, durationMs }: ProgressOptions): Progress {
  const warned = new Set<string>();
  let ticks = 0;
  return {
    step({ result, look }: AnalysisStep): void {
      for (const { code, text } of result.warnings) {
        const line = `warning: ${text} (${code})\n`;
        if (!warned.has(line)) stream.write(line);
        warned.add(line);
      }
      if (result.ticks === ticks && result.phase === "running") return;
      ticks = result.ticks;
      const elapsedMs = Date.parse(look.at) - startedAt;
      stream.write(`${elapsedText(elapsedMs, durationMs)}: ${evidenceText(result)}\n`);
    },
    stop: () => undefined,
  };
}
