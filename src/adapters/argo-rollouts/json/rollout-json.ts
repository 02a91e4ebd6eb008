import * as z from "zod";
import type { RolloutView } from "../controller-view.ts";
import { rolloutFields, rolloutView } from "../kubernetes/rollout-fields.ts";
import { readDocument, writeDocument } from "./read-document.ts";
import { namespace, uid } from "./scalars.ts";

const rollout = z.object({
  ...rolloutFields,
  metadata: z.object({ uid, name: z.string().min(1).max(253), namespace }),
});

/** Reads a Rollout. @throws CoalmineError invalid-request, too-large. */
export function readRollout(bytes: Uint8Array): RolloutView {
  return rolloutView(readDocument("Rollout", bytes, rollout));
}

/** A Rollout that is read as the view is, for a server: what a plugin looks at and no more. */
export function writeRollout(view: RolloutView): Uint8Array {
  const { uid: id, name, namespace: where, stableHash, canaryHash, stepIndex, weight } = view;
  return writeDocument({
    metadata: { uid: id, name, namespace: where },
    spec: { progressDeadlineSeconds: view.progressDeadlineSeconds },
    status: {
      stableRS: stableHash,
      currentPodHash: canaryHash,
      ...(stepIndex !== null && { currentStepIndex: stepIndex }),
      ...(weight !== null && { canary: { weights: { canary: { weight } } } }),
    },
  });
}
