import { CoalmineError } from "../../../base/errors.ts";
import { inOneLine } from "../../../base/format.ts";
import type { CanaryEvents } from "../canary-events.ts";
import type { HookCall } from "../hook-call.ts";
import { misconfiguredEvent } from "./canary-news.ts";

/** Hooks repeat their faults at every tick; this many are remembered. */
const mostRemembered = 1_000;

/** Lets a fault of a Canary's hooks through, and tells the Canary of it once. */
export type TellFaults = <T>(call: HookCall, work: () => Promise<T>) => Promise<T>;

export function createTellFaults(events: CanaryEvents): TellFaults {
  /** Oldest first. */
  const told = new Set<string>();
  return async (call, work) => {
    try {
      return await work();
    } catch (thrown) {
      const { message } = CoalmineError.from(thrown);
      const key = JSON.stringify([call.canary, call.checksum, message]);
      if (isConfigFault(thrown) && !told.has(key)) {
        told.add(key);
        const [oldest] = told;
        if (told.size > mostRemembered && oldest !== undefined) told.delete(oldest);
        events.tell(call.canary, misconfiguredEvent(`${call.hook}: ${inOneLine(message)}`));
      }
      throw thrown;
    }
  };
}

/** Whether it is the hooks' metadata, or what it names, that has to be mended. */
export function isConfigFault(thrown: unknown): boolean {
  const { code } = CoalmineError.from(thrown);
  return code === "invalid-spec" || code === "not-found";
}
