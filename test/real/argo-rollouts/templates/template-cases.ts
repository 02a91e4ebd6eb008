/** Which files of analysis-templates make a release together, and where each shows the reason of a verdict. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../../support/kubernetes-api.ts";
import { readManifests } from "../../../support/read-manifests.ts";

export const templatesFolder = join(import.meta.dirname, "../../../../analysis-templates");

/** Where people find why: in the Rollout's message, the measurement's value or metadata, or the Job's log. */
export type ReasonPlace = "run message" | "step message" | "value" | "warnings" | "job log";

/** A Rollout with what it needs. */
export interface TemplateCase {
  /** Below analysis-templates; applied in this order. */
  readonly files: readonly string[];
  readonly reason: ReasonPlace;
  /** What becomes of a release of which nothing can be known; not tried if left out. */
  readonly unseen?: "paused" | "aborted";
  /** True if a person must promote it once its first analysis has passed. */
  readonly isPromotedByHand?: boolean;
}

export const templateCases: readonly TemplateCase[] = [
  {
    files: ["plugin/analysis-template.yaml", "plugin/rollout.yaml"],
    reason: "run message",
    unseen: "paused",
  },
  { files: ["plugin/cluster-analysis-template.yaml", "plugin/cluster-rollout.yaml"], reason: "run message" },
  { files: ["plugin/background.yaml"], reason: "run message" },
  { files: ["step/rollout.yaml"], reason: "step message", unseen: "aborted" },
  { files: ["web/analysis-template.yaml", "web/rollout.yaml"], reason: "value", unseen: "paused" },
  { files: ["web/cluster-analysis-template.yaml", "web/cluster-rollout.yaml"], reason: "value" },
  {
    files: ["prometheus/analysis-template.yaml", "prometheus/rollout.yaml"],
    reason: "warnings",
    unseen: "paused",
  },
  {
    files: ["prometheus/cluster-analysis-template.yaml", "prometheus/cluster-rollout.yaml"],
    reason: "warnings",
  },
  { files: ["job/analysis-template.yaml", "job/rollout.yaml"], reason: "job log", unseen: "aborted" },
  { files: ["job/cluster-analysis-template.yaml", "job/cluster-rollout.yaml"], reason: "job log" },
  {
    files: ["examples/kosmos/success-rate.yaml", "examples/kosmos/zeus-orchestrator.yaml"],
    reason: "run message",
  },
  { files: ["examples/dictamesh/rollout.yaml"], reason: "run message" },
  {
    files: ["examples/kyb/success-rate.yaml", "examples/kyb/blue-green.yaml"],
    reason: "run message",
    isPromotedByHand: true,
  },
  { files: ["examples/kyb/error-rate.yaml", "examples/kyb/canary-background.yaml"], reason: "run message" },
  {
    files: ["examples/kyb/error-rate-analysis.yaml", "examples/kyb/canary-analysis.yaml"],
    reason: "run message",
  },
];

/** The manifests of one file below analysis-templates. */
export function manifestsOf(file: string): readonly Manifest[] {
  return readManifests(readFileSync(join(templatesFolder, file), "utf8"));
}

/** The Rollout of a case, which each has once. */
export function rolloutOf({ files }: TemplateCase): string {
  const [rollout, ...others] = files.flatMap(manifestsOf).filter(({ kind }) => kind === "Rollout");
  if (rollout?.metadata.name === undefined || others.length > 0)
    throw new Error(`${files.join(", ")}: one Rollout wanted`);
  return rollout.metadata.name;
}
