/** Flagger's own load tester: the server of gates and rollbacks that its documentation sets up. */
import { buildFlagger } from "./build-flagger.ts";
import { freePort } from "./free-port.ts";
import { startOwnProcess } from "./own-process.ts";

/** A running load tester. */
export interface LoadTester {
  /** As in `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** What it has printed so far: lines of JSON. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts it on a free port and waits until it answers; builds the program first if need be. It listens on every
 * address and cannot be told one.
 *
 * @param flags further ones, as in `-namespace-regexp=^shop$` or `-log-level=error`.
 */
export async function startLoadTester(flags: readonly string[] = []): Promise<LoadTester> {
  const { loadTester } = await buildFlagger();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let log = "";
  const { pid, stop } = await startOwnProcess(loadTester, [`-port=${port}`, ...flags], `${url}/healthz`, {
    onOutput: (text) => {
      log += text;
    },
  });
  return { url, pid, log: () => log, stop };
}
