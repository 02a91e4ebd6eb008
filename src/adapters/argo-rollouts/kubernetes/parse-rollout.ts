/** The Kubernetes API's JSON of a Rollout. */
import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import { parseJson } from "../../kubernetes/parse-json.ts";
import type { RolloutView } from "../controller-view.ts";
import { rolloutFields, rolloutView } from "./rollout-fields.ts";

const rolloutSchema = z.object({
  ...rolloutFields,
  kind: z.literal("Rollout"),
  metadata: z.object({ uid: z.string().min(1), name: z.string().min(1), namespace: z.string().min(1) }),
});

/**
 * @param body JSON that claims to be a Rollout.
 * @throws CoalmineError source-unavailable, with the path, if it is not one: what
 *   answered was not a Kubernetes API, or not one that Coalmine knows.
 */
export function parseRollout(body: string): RolloutView {
  const parsed = safeParse(rolloutSchema, parseJson(body));
  if (parsed.success) return rolloutView(parsed.data);
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the whole"}: ${message}`,
  );
  throw new CoalmineError(
    "source-unavailable",
    `what the Kubernetes API answered is no Rollout: ${problems.join("; ")}`,
  );
}
