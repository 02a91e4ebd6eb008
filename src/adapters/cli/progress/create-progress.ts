/** The progress that fits the stream. */
import { createBarProgress } from "./bar-progress.ts";
import { createLineProgress } from "./line-progress.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

/** A bar on a terminal, a line a tick elsewhere. */
export function createProgress(options: ProgressOptions): Progress {
  return options.stream.isTTY === true ? createBarProgress(options) : createLineProgress(options);
}
