// Many live analyses in one process, against a stand-in for Prometheus in another.
import { join } from "node:path";
import * as z from "zod";
import { runCommand } from "../../test/servers/run-command.ts";
import { type Fleet, startCannedPrometheus } from "./start-canned-prometheus.ts";

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

/** Runs `analyses` analyses of services of this size for so many seconds after they have settled. */
export async function capacity(analyses: number, seconds: number, fleet: Fleet): Promise<CapacityFigures> {
  const prometheus = await startCannedPrometheus(fleet);
  try {
    const measured = join(import.meta.dirname, "capacity-child.ts");
    const printed = await runCommand(process.execPath, [
      measured,
      prometheus.url,
      String(analyses),
      String(seconds),
    ]);
    return capacityFigures.parse(JSON.parse(printed));
  } finally {
    prometheus.stop();
  }
}
