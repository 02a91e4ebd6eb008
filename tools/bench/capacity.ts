// Many live analyses in one process, against a stand-in for Prometheus in another.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { runCommand } from "../../test/servers/run-command.ts";

const capacityFigures = z.object({
  analyses: z.number(),
  looks: z.number(),
  /** Of one core. */
  cpuShare: z.number(),
  peakRssMb: z.number(),
  rssMb: z.number(),
  /** From a look's due time, the ingestion delay included, to its result being stored. */
  latenessMs: z.object({ median: z.number(), p99: z.number() }),
  errors: z.number(),
});
export type CapacityFigures = z.output<typeof capacityFigures>;

export interface Fleet {
  readonly canaryPods: number;
  readonly baselinePods: number;
}

/** Runs `analyses` analyses of services of this size for so many seconds after they have settled. */
export async function capacity(analyses: number, seconds: number, fleet: Fleet): Promise<CapacityFigures> {
  const program = join(import.meta.dirname, "canned-prometheus.ts");
  const { canaryPods, baselinePods } = fleet;
  const child = spawn(process.execPath, [program, String(canaryPods), String(baselinePods)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const [url] = await once(createInterface(child.stdout), "line");
    const measured = join(import.meta.dirname, "capacity-child.ts");
    const printed = await runCommand(process.execPath, [
      measured,
      String(url),
      String(analyses),
      String(seconds),
    ]);
    return capacityFigures.parse(JSON.parse(printed));
  } finally {
    child.kill();
  }
}
