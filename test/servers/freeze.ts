/** Stopping a process in the middle of what it does, so that nothing of it runs on. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Sends SIGSTOP, and waits until every thread stands: the signal comes back
 * before they do, and one that still runs may answer a request.
 *
 * @throws Error ENOENT or ESRCH if the process has ended.
 */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  while (!threadsOf(pid).every(stands)) await sleep(5);
}

function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/stat`);
}

function stands(thread: string): boolean {
  return readFileSync(thread, "utf8").includes(") T ");
}
