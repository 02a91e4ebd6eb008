/** The JSON of a Rollout, as far as a plugin of ours looks at it: from the Kubernetes API, or from a caller. */
import * as z from "zod";
import type { RolloutView } from "../controller-view.ts";
import { defaultMaxTrafficWeight, defaultProgressDeadlineSeconds } from "../rollout-defaults.ts";

const canaryStrategy = z.object({
  trafficRouting: z.object({ maxTrafficWeight: z.int().min(1).nullish() }).nullish(),
  steps: z.array(z.unknown()).nullish(),
});

/** What stands beside `metadata`. Unknown members are passed over: a later Argo Rollouts has more of them. */
export const rolloutFields = {
  spec: z.object({
    progressDeadlineSeconds: z.int().min(0).nullish(),
    strategy: z.object({ canary: canaryStrategy.nullish() }).nullish(),
  }),
  status: z
    .object({
      stableRS: z.string().default(""),
      currentPodHash: z.string().default(""),
      currentStepIndex: z.int().min(0).nullish(),
      canary: z
        .object({ weights: z.object({ canary: z.object({ weight: z.int().min(0) }) }).nullish() })
        .nullish(),
    })
    .prefault({}),
};

interface RolloutDocument {
  readonly metadata: { readonly uid: string; readonly name: string; readonly namespace: string };
  readonly spec: z.output<typeof rolloutFields.spec>;
  readonly status: z.output<typeof rolloutFields.status>;
}

/** A Rollout with steps and no index is at the first, as over gob, which knows no difference. */
export function rolloutView({ metadata, spec, status }: RolloutDocument): RolloutView {
  const canary = spec.strategy?.canary;
  const sent = status.canary?.weights?.canary.weight;
  const max = canary?.trafficRouting?.maxTrafficWeight ?? defaultMaxTrafficWeight;
  const hasSteps = (canary?.steps?.length ?? 0) > 0;
  return {
    uid: metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace,
    stableHash: status.stableRS,
    canaryHash: status.currentPodHash,
    stepIndex: status.currentStepIndex ?? (hasSteps ? 0 : null),
    weight: sent === undefined ? null : (100 * sent) / max,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? defaultProgressDeadlineSeconds,
  };
}
