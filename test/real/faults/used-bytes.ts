/** What this process holds in memory, to see that nothing of a fault stays. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes in use on the heap and beside it once all that can be collected is. */
export function usedBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("the collector cannot be called");
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
