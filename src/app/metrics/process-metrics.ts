import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import type { LookQueue } from "../../analysis/live/look-queue.ts";
import { askedInTime } from "./asked-in-time.ts";

/** What the process is and how much waits in it: its version, Node's own numbers, the queue's depth. */
export function createProcessMetrics(
  registry: Registry,
  version: string,
  queueDepth: LookQueue["depth"],
): void {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "coalmine_build_info",
    help: "Always 1; its labels tell the version of the server and of Node.",
    labelNames: ["version", "node"],
    registers,
  }).set({ version, node: process.versions.node }, 1);
  new Gauge({
    name: "coalmine_queue_looks",
    help: "Looks that are under way in this process, and that are due and wait; absent while the queue cannot tell.",
    labelNames: ["state"],
    registers,
    async collect() {
      const depth = await askedInTime(queueDepth);
      this.reset();
      if (depth === null) return;
      this.set({ state: "under_way" }, depth.underWay);
      this.set({ state: "waiting" }, depth.waiting);
    },
  });
}
