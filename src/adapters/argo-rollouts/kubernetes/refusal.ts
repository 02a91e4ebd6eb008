/** What an API server's refusal means for whoever asked for a Rollout. */
import * as z from "zod";
import { CoalmineError } from "../../../base/errors.ts";
import type { ApiAnswer } from "./api-exchange.ts";
import { parseJson } from "./parse-rollout.ts";

/** `Status` of the Kubernetes API, as far as it is looked at. */
const statusSchema = z.object({
  kind: z.literal("Status"),
  reason: z.string().default(""),
  message: z.string().default(""),
  details: z.object({ name: z.string().default("") }).nullish(),
});

/** Whether a 404 speaks of this Rollout, and not of an API or a path that is not there. */
export function saysNoSuchRollout(answer: ApiAnswer, name: string): boolean {
  const status = statusSchema.safeParse(parseJson(answer.body)).data;
  return status?.reason === "NotFound" && status.details?.name === name;
}

/**
 * An answer other than 200 as an error: what the operator has to allow or to
 * correct is `invalid-settings`, what may be different the next time is
 * `source-unavailable`. It quotes nothing of the answer but the user's name.
 */
export function refusalOf(answer: ApiAnswer, server: string, namespace: string): CoalmineError {
  const { status } = answer;
  switch (status) {
    case 401:
      return new CoalmineError(
        "invalid-settings",
        `the Kubernetes API at ${server} does not take the token (401), so rollouts.argoproj.io cannot be read: ` +
          "it must be that of the controller's service account in this very cluster, and not have expired",
      );
    case 403:
      return new CoalmineError(
        "invalid-settings",
        `${userOf(answer.body)} may not read the Rollout (403): it lacks the verb "get" on the resource "rollouts" ` +
          `of the API group "argoproj.io" in namespace "${namespace}". Argo Rollouts' own ClusterRole has it; ` +
          "in a namespaced install bind a Role that has it",
      );
    case 404:
      return new CoalmineError(
        "invalid-settings",
        `the server at ${server} knows no rollouts.argoproj.io/v1alpha1 (404): either it is not the cluster's API, ` +
          "or Argo Rollouts' CRDs are not installed in it",
      );
    default:
      return new CoalmineError(
        "source-unavailable",
        `the Kubernetes API at ${server} answers with status ${status}`,
      );
  }
}

/** Whom the API server took the token for, in words. */
function userOf(body: string): string {
  const message = statusSchema.safeParse(parseJson(body)).data?.message ?? "";
  const account = /User "system:serviceaccount:([a-z0-9.-]{1,63}):([a-z0-9.-]{1,253})"/.exec(message);
  if (account !== null) return `the service account "${account[2]}" of namespace "${account[1]}"`;
  const user = /User "([\w.:@/-]{1,253})"/.exec(message);
  return user === null ? "the controller's service account" : `the user "${user[1]}"`;
}
