/** Ctrl-C as a person means it: once, come to a clean end; twice, go. */
import type { Terminal } from "./terminal.ts";

/** The exit code shells give a process that SIGINT ended. */
const interruptedExitCode = 130;

/**
 * Runs `work` with a signal that the first interrupt aborts; a second one ends
 * the process with 130. Listens only while the work runs.
 */
export async function cancelOnInterrupt<T>(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stopListening = terminal.onInterrupt(() => {
    if (controller.signal.aborted) {
      terminal.exit(interruptedExitCode);
      return;
    }
    terminal.stderr.write("\ncoalmine: ending; press Ctrl-C again to leave at once\n");
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
