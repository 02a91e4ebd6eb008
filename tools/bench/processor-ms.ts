import { readFileSync } from "node:fs";

/** What these processes had of the processor so far, in milliseconds, as Linux counts it: in hundredths of a second. */
export function processorMs(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const [user, system] =
      readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13) ?? [];
    return Number(user) + Number(system);
  });
  return 10 * ticks.reduce((sum, one) => sum + one, 0);
}
