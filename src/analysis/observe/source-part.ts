import type { MetricObservation, PodMemory } from "../observation.ts";
import type { Warning } from "../result.ts";
import type { Read } from "./read-plan.ts";

/** What one source told in a look. */
export interface SourcePart {
  /** In the spec's order. */
  readonly metrics: readonly MetricObservation[];
  readonly pods: PodMemory;
  readonly warnings: readonly Warning[];
  /** Reads that found no series. */
  readonly silent: readonly Read[];
}
