import type { FaultProxy } from "../../support/fault-proxy.ts";

/**
 * Waits until no connection to the proxy is left: a closed source leaves none behind, and the other end hears of it
 * a moment later.
 *
 * @throws Error if some stay.
 */
export async function closedByClient(proxy: FaultProxy): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (proxy.connections > 0) {
    if (performance.now() > deadline) throw new Error(`${proxy.connections} connections were left open`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
