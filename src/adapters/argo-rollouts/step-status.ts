/** What a step keeps in the Rollout's status between two calls. */
import * as z from "zod";
import { safeParse } from "../../base/safe-parse.ts";
import type { StepResult } from "./step-provider.ts";

const schema = z.looseObject({
  startedAt: z.iso.datetime(),
  analysis: z.string().max(1_024),
  state: z.string().max(16_384).prefault(""),
  holdingSince: z.iso.datetime().nullish(),
});

/** Times are milliseconds since the epoch. */
export interface StepStatus {
  readonly startedAt: number;
  /** The analysis' id. */
  readonly analysis: string;
  /** The packed state; "" where there is none. */
  readonly state: string;
  /** Since when an inconclusive analysis has waited for somebody; null while it does not. */
  readonly holdingSince: number | null;
}

/** The status in `json`; null for none, and for one that was not ours. */
export function readStepStatus(json: string): StepStatus | null {
  const read = json === "" || json.length > 65_536 ? null : safeParse(schema, parsed(json));
  if (read === null || !read.success) return null;
  const { startedAt, analysis, state, holdingSince } = read.data;
  return {
    startedAt: Date.parse(startedAt),
    analysis,
    state,
    holdingSince: holdingSince == null ? null : Date.parse(holdingSince),
  };
}

/** The status as the Rollout keeps it: a JSON object. `shown` is for people who look there. */
export function writeStepStatus(
  { startedAt, analysis, state, holdingSince }: StepStatus,
  shown: Readonly<Record<string, unknown>>,
): NonNullable<StepResult["status"]> {
  return {
    ...shown,
    startedAt: new Date(startedAt).toISOString(),
    analysis,
    ...(state !== "" && { state }),
    ...(holdingSince !== null && { holdingSince: new Date(holdingSince).toISOString() }),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
