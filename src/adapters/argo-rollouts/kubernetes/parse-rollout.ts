/** The Kubernetes API's JSON of a Rollout, as far as a plugin of ours looks at it. */
import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import { parseJson } from "../../kubernetes/parse-json.ts";
import type { RolloutView } from "../controller-view.ts";
import { defaultMaxTrafficWeight, defaultProgressDeadlineSeconds } from "../rollout-defaults.ts";

const weight = z.int().min(0);

/** Unknown members are passed over: a later Argo Rollouts has more of them. */
const rolloutSchema = z.object({
  kind: z.literal("Rollout"),
  metadata: z.object({ uid: z.string().min(1), name: z.string().min(1), namespace: z.string().min(1) }),
  spec: z.object({
    progressDeadlineSeconds: z.int().min(0).nullish(),
    strategy: z
      .object({
        canary: z
          .object({ trafficRouting: z.object({ maxTrafficWeight: z.int().min(1).nullish() }).nullish() })
          .nullish(),
      })
      .nullish(),
  }),
  status: z
    .object({
      stableRS: z.string().default(""),
      currentPodHash: z.string().default(""),
      currentStepIndex: z.int().min(0).nullish(),
      canary: z.object({ weights: z.object({ canary: z.object({ weight }) }).nullish() }).nullish(),
    })
    .prefault({}),
});

/**
 * @param body JSON that claims to be a Rollout.
 * @throws CoalmineError source-unavailable, with the path, if it is not one: what
 *   answered was not a Kubernetes API, or not one that Coalmine knows.
 */
export function parseRollout(body: string): RolloutView {
  const parsed = safeParse(rolloutSchema, parseJson(body));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "the whole"}: ${message}`,
    );
    throw new CoalmineError(
      "source-unavailable",
      `what the Kubernetes API answered is no Rollout: ${problems.join("; ")}`,
    );
  }
  const { metadata, spec, status } = parsed.data;
  const sent = status.canary?.weights?.canary.weight;
  const max = spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? defaultMaxTrafficWeight;
  return {
    uid: metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace,
    stableHash: status.stableRS,
    canaryHash: status.currentPodHash,
    stepIndex: status.currentStepIndex ?? null,
    weight: sent === undefined ? null : (100 * sent) / max,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? defaultProgressDeadlineSeconds,
  };
}
