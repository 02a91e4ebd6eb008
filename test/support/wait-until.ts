/** Waiting for something in a cluster, with a report when it does not come. */
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";

/** What is waited for. */
export interface Wait<T> {
  /** Says it in the error, as in `checkout is Healthy`. */
  readonly what: string;
  readonly read: () => Promise<T>;
  readonly until: (value: T) => boolean;
  readonly seconds: number;
}

/**
 * Asks again every tenth of a second until it is so, and answers the value.
 *
 * @param background lines that explain the value, as events do.
 * @throws Error after the time, with the last value as YAML and the background.
 */
export async function waitUntil<T>(
  { what, read, until, seconds }: Wait<T>,
  background: () => Promise<readonly string[]>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const value = await read();
    if (until(value)) return value;
    if (performance.now() > deadline)
      throw new Error(
        `${what}: not so after ${seconds} s; it was\n${readable(value)}\n${(await background()).join("\n")}`,
      );
    await sleep(100);
  }
}

/** Without what only machines read. */
function readable(value: unknown): string {
  const text = stringify(value, (key, part: unknown) => (key === "managedFields" ? undefined : part));
  return text.slice(0, 12_000);
}
