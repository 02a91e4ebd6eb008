/** An AnalysisRun of Argo as a test reads it. */
import { z } from "zod";
import { listOf } from "./kubernetes-json.ts";

/** One measurement, as the provider answered it and Argo keeps it. */
const measurementSchema = z.looseObject({
  /** `Running`, `Successful`, `Failed`, `Inconclusive` or `Error`; empty while none is known. */
  phase: z.string().default(""),
  message: z.string().default(""),
  value: z.string().default(""),
  metadata: z.record(z.string(), z.string()).default({}),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  resumeAt: z.string().optional(),
});

const metricResultSchema = z.looseObject({
  name: z.string(),
  phase: z.string().default(""),
  message: z.string().default(""),
  /** What the provider's GetMetadata said. */
  metadata: z.record(z.string(), z.string()).default({}),
  /** The last ten, or as many as `measurementRetention` says. */
  measurements: listOf(measurementSchema),
  count: z.number().default(0),
  successful: z.number().default(0),
  failed: z.number().default(0),
  inconclusive: z.number().default(0),
  error: z.number().default(0),
});

/** Parses one from the API. */
export const analysisRunSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .looseObject({
      phase: z.string().default(""),
      message: z.string().default(""),
      metricResults: listOf(metricResultSchema),
    })
    .prefault({}),
});

/** An AnalysisRun at one moment. What is not listed is there too, unparsed. */
export type AnalysisRun = z.infer<typeof analysisRunSchema>;
export type Measurement = z.infer<typeof measurementSchema>;

/** Every measurement of the run, in order, of one metric if it is named. */
export function measurementsOf(run: AnalysisRun, metric?: string): readonly Measurement[] {
  const results = run.status.metricResults.filter(({ name }) => metric === undefined || name === metric);
  return results.flatMap(({ measurements }) => measurements);
}
