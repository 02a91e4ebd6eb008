/** What an API server's refusal means for whoever asked. */
import * as z from "zod";
import { CoalmineError } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import type { ApiAnswer } from "./api-exchange.ts";
import { parseJson } from "./parse-json.ts";

/** What the API was asked for, in the words of RBAC, and what to tell who is refused. */
export interface ApiAsk {
  readonly verb: "get" | "create";
  /** As in `rollouts`. */
  readonly resource: string;
  /** As in `argoproj.io`; empty for the core group. */
  readonly apiGroup: string;
  readonly version: string;
  /** Empty for what is of the whole cluster. */
  readonly namespace: string;
  /** As in `read the Rollout`. */
  readonly act: string;
  /** What cannot be done without, as in `rollouts.argoproj.io cannot be read`. */
  readonly loss: string;
  /** As in `the controller's service account`: whose token is sent. */
  readonly account: string;
  /** How to get the right; a sentence without its full stop. */
  readonly remedy: string;
  /** What is missing where the server knows no such resource, as in `Argo Rollouts' CRDs are not installed`. */
  readonly notInstalled: string;
}

/** `Status` of the Kubernetes API, as far as it is looked at. */
const statusSchema = z.object({
  kind: z.literal("Status"),
  reason: z.string().default(""),
  message: z.string().default(""),
  details: z
    .object({
      name: z.string().default(""),
      causes: z.array(z.object({ reason: z.string().default("") })).default([]),
    })
    .nullish(),
});

type Status = z.output<typeof statusSchema>;

/** The `Status` that an answer holds; undefined if it holds something else. */
export function statusOf({ body }: ApiAnswer): Status | undefined {
  return safeParse(statusSchema, parseJson(body)).data;
}

/** Whether a 404 speaks of the object of this name, and not of an API or a path that is not there. */
export function saysNotFound(answer: ApiAnswer, name: string): boolean {
  const status = statusOf(answer);
  return status?.reason === "NotFound" && status.details?.name === name;
}

/**
 * An answer other than a success as an error: what the operator has to allow or
 * to correct is `invalid-settings`, what may be different the next time is
 * `source-unavailable`. It quotes nothing of the answer but the user's name.
 */
export function refusalOf(answer: ApiAnswer, server: string, ask: ApiAsk): CoalmineError {
  const { status } = answer;
  switch (status) {
    case 401:
      return new CoalmineError(
        "invalid-settings",
        `the Kubernetes API at ${server} does not take the token (401), so ${ask.loss}: ` +
          `it must be that of ${ask.account} in this very cluster, and not have expired`,
      );
    case 403:
      return new CoalmineError(
        "invalid-settings",
        `${userOf(answer) ?? ask.account} may not ${ask.act} (403): it lacks the verb "${ask.verb}" on the resource ` +
          `"${ask.resource}" of the API group "${ask.apiGroup}" ${whereOf(ask)}. ${ask.remedy}`,
      );
    case 404:
      return new CoalmineError(
        "invalid-settings",
        `the server at ${server} knows no ${fullNameOf(ask)} (404): either it is not the cluster's API, ` +
          `or ${ask.notInstalled}`,
      );
    default:
      return new CoalmineError(
        "source-unavailable",
        `the Kubernetes API at ${server} answers with status ${status}`,
      );
  }
}

function whereOf({ namespace }: ApiAsk): string {
  return namespace === "" ? "of the cluster" : `in namespace "${namespace}"`;
}

function fullNameOf({ resource, apiGroup, version }: ApiAsk): string {
  return apiGroup === "" ? `${resource}/${version}` : `${resource}.${apiGroup}/${version}`;
}

/** Whom the API server took the token for, in words; null if it does not say. */
function userOf(answer: ApiAnswer): string | null {
  const message = statusOf(answer)?.message ?? "";
  const account = /User "system:serviceaccount:([a-z0-9.-]{1,63}):([a-z0-9.-]{1,253})"/.exec(message);
  if (account !== null) return `the service account "${account[2]}" of namespace "${account[1]}"`;
  const user = /User "([\w.:@/-]{1,253})"/.exec(message);
  return user === null ? null : `the user "${user[1]}"`;
}
