import { CoalmineError } from "../../../base/errors.ts";
import type { RolloutView } from "../controller-view.ts";
import { defaultMaxTrafficWeight, defaultProgressDeadlineSeconds } from "../rollout-defaults.ts";
import { fieldOf, integerOf, isNil, itemsOf, type Located, textOf } from "./located.ts";

/** Reads a Rollout. @throws CoalmineError invalid-request, too-large. */
export function readRollout(at: Located): RolloutView {
  if (isNil(at))
    throw new CoalmineError("invalid-request", `argo-rollouts: ${at.path}: a Rollout wanted, none met`);
  const [meta, status] = [fieldOf(at, "ObjectMeta"), fieldOf(at, "Status")];
  const weights = fieldOf(status, "Canary", "Weights");
  const deadline = fieldOf(at, "Spec", "ProgressDeadlineSeconds");
  return {
    uid: textOf(fieldOf(meta, "UID")),
    name: textOf(fieldOf(meta, "Name")),
    namespace: textOf(fieldOf(meta, "Namespace")),
    stableHash: textOf(fieldOf(status, "StableRS")),
    canaryHash: textOf(fieldOf(status, "CurrentPodHash")),
    stepIndex: stepIndexOf(at),
    weight: isNil(weights) ? null : (100 * integerOf(fieldOf(weights, "Canary", "Weight"))) / maxWeightOf(at),
    progressDeadlineSeconds: isNil(deadline) ? defaultProgressDeadlineSeconds : integerOf(deadline),
  };
}

/** To gob a pointer to 0 and nil are the same; a Rollout with steps is at the first then. */
function stepIndexOf(rollout: Located): number | null {
  const steps = itemsOf(fieldOf(rollout, "Spec", "Strategy", "Canary", "Steps"));
  const index = fieldOf(rollout, "Status", "CurrentStepIndex");
  return isNil(index) && steps.length === 0 ? null : integerOf(index);
}

/** What a weight is a share of. */
function maxWeightOf(at: Located): number {
  const max = fieldOf(at, "Spec", "Strategy", "Canary", "TrafficRouting", "MaxTrafficWeight");
  return isNil(max) ? defaultMaxTrafficWeight : Math.max(1, integerOf(max));
}
