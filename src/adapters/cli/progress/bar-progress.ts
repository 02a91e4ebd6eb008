/** Progress for a terminal: a bar over the duration with the evidence behind it. */
import { SingleBar } from "cli-progress";
import type { AnalysisStep } from "../../../analysis/run/step.ts";
import type { Progress, ProgressOptions } from "./progress.ts";
import { elapsedText, statusText } from "./progress-text.ts";

/** How often the bar moves between two looks. */
const redrawMs = 500;

/**
 * Drawn at once, trimmed to the terminal's width, and gone when it stops: the
 * result that follows says everything it said, warnings included.
 */
export function createBarProgress({ stream, startedAt, durationMs, clock }: ProgressOptions): Progress {
  const bar = new SingleBar({
    stream,
    format: "{bar} {elapsed}: {status}",
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    linewrap: true,
    clearOnComplete: true,
    // Signals are cancel-on-interrupt.ts's.
    gracefulExit: false,
  });
  let status = "waiting for the first look";
  const show = (now: number): void => {
    const elapsedMs = Math.min(Math.max(0, now - startedAt), durationMs);
    bar.update(elapsedMs, { elapsed: elapsedText(elapsedMs, durationMs), status });
  };
  bar.start(durationMs, 0, { elapsed: elapsedText(0, durationMs), status });
  const timer = clock === null ? undefined : setInterval(() => show(clock.now()), redrawMs);
  return {
    step(step: AnalysisStep): void {
      status = statusText(step);
      show(Date.parse(step.look.at));
    },
    stop(): void {
      clearInterval(timer);
      bar.stop();
    },
  };
}
