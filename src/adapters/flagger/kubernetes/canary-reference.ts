/** Which very Canary an Event is about. */
import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import { safeParse } from "../../../base/safe-parse.ts";
import { parseJson } from "../../kubernetes/parse-json.ts";

/** `involvedObject` of an Event: people's tools find the Event by kind, name, namespace and uid. */
export interface CanaryReference {
  readonly apiVersion: string;
  readonly kind: "Canary";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Unknown members are passed over: only what names the object is looked at. */
const canarySchema = z.object({
  apiVersion: z.string().min(1),
  kind: z.literal("Canary"),
  metadata: z.object({
    namespace: z.string().min(1),
    name: z.string().min(1),
    uid: z.string().min(1),
    resourceVersion: z.string().min(1),
  }),
});

/**
 * @param body JSON that claims to be a Canary.
 * @throws CoalmineError source-unavailable if it is not one: what answered was not a Kubernetes API.
 */
export function parseCanaryReference(body: string): CanaryReference {
  const parsed = safeParse(canarySchema, parseJson(body));
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join(".") || "the whole");
    const wrong = `what the Kubernetes API answered is no Canary: ${paths.join(", ")}`;
    throw new CoalmineError("source-unavailable", wrong);
  }
  const { apiVersion, kind, metadata } = parsed.data;
  return { apiVersion, kind, ...metadata };
}
