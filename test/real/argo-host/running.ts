/** Which processes run, as the kernel tells. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Not so of one that has ended and that nobody has waited for. */
export function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/** Resolves when the process has ended. */
export async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(20);
}
