/** The two things that the server asks a cluster's API: which Canary this is, and to keep an Event about it. */
import type { Clock } from "../../../base/clock.ts";
import { CoalmineError } from "../../../base/errors.ts";
import { type ApiAnswer, connectToApi } from "../../kubernetes/api-exchange.ts";
import type { ClusterAccess } from "../../kubernetes/cluster-access.ts";
import { requireName } from "../../kubernetes/object-name.ts";
import { type ApiAsk, refusalOf, saysNotFound, statusOf } from "../../kubernetes/refusal.ts";
import { shareReads } from "../../kubernetes/shared-reads.ts";
import type { CanaryName } from "../hook-call.ts";
import { type CanaryReference, parseCanaryReference } from "./canary-reference.ts";

/** Where the rights of the server are written down. */
const rightsFile = "plugins/flagger/server/rbac.yaml";

/** A hook's events of one tick are about the Canary as it was read once. */
const freshMs = 5_000;

export interface CanaryApi {
  /** Null for a Canary that is not there. @throws CoalmineError as `refusalOf` has it, source-unavailable without an answer. */
  find(canary: CanaryName, signal: AbortSignal): Promise<CanaryReference | null>;
  /**
   * Creates an Event; one that is there already is as good.
   *
   * @returns false if its namespace is gone or going.
   * @throws CoalmineError source-unavailable where asking again may help, another code where it does not.
   */
  createEvent(namespace: string, event: object): Promise<boolean>;
  close(): Promise<void>;
}

export interface CanaryApiOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** For one request as a whole. */
  readonly timeoutMs: number;
}

/** Connects when first asked. Asks for one Canary within five seconds are one request. */
export function createCanaryApi({ access, clock, timeoutMs }: CanaryApiOptions): CanaryApi {
  // Over twice what etcd stores of an object.
  const api = connectToApi(access, { timeoutMs, maxBytes: 4 * 1024 * 1024 });

  const read = shareReads(
    async (key) => {
      const [namespace = "", name = ""] = key.split("/");
      const answer = await api.get(`/apis/flagger.app/v1beta1/namespaces/${namespace}/canaries/${name}`);
      if (answer.status === 200) return parseCanaryReference(answer.body);
      if (answer.status === 404 && saysNotFound(answer, name)) return null;
      throw refusalOf(answer, access.server, getCanary(namespace));
    },
    { clock, freshMs },
  );

  return {
    find: async ({ namespace, name }, signal) =>
      await read(`${requireName("namespace", namespace)}/${requireName("Canary", name)}`, signal),
    async createEvent(namespace, event) {
      const answer = await api.post(
        `/api/v1/namespaces/${requireName("namespace", namespace)}/events`,
        event,
      );
      if (answer.status === 201 || isThereAlready(answer)) return true;
      if (isGoing(answer, namespace)) return false;
      throw eventRefusal(answer, access.server, namespace);
    },
    close: () => api.close(),
  };
}

/** The name is the Event's own: a try whose answer was lost has made it. */
function isThereAlready(answer: ApiAnswer): boolean {
  return answer.status === 409 && statusOf(answer)?.reason === "AlreadyExists";
}

function isGoing(answer: ApiAnswer, namespace: string): boolean {
  if (answer.status === 404) return saysNotFound(answer, namespace);
  const causes = statusOf(answer)?.details?.causes ?? [];
  return answer.status === 403 && causes.some(({ reason }) => reason === "NamespaceTerminating");
}

function eventRefusal(answer: ApiAnswer, server: string, namespace: string): CoalmineError {
  const { status } = answer;
  const says = statusOf(answer)?.message ?? "";
  const isPolicy = status === 403 && says !== "" && !/cannot create resource/.test(says);
  // Of the other refusals those below 500 say that this Event will never do.
  if (isPolicy || (status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status))) {
    const message = `the Kubernetes API at ${server} refuses an Event in namespace "${namespace}" (${status})`;
    const hint = isPolicy ? ": a quota or an admission policy of the cluster is against it" : "";
    return new CoalmineError("query-rejected", message + hint);
  }
  return refusalOf(answer, server, createEvents(namespace));
}

const ours = {
  account: "the server's service account",
  loss: "nothing is told in the Events of Canaries",
  remedy: `Apply ${rightsFile}, which has all that the server needs`,
} as const;

function getCanary(namespace: string): ApiAsk {
  return {
    ...ours,
    verb: "get",
    resource: "canaries",
    apiGroup: "flagger.app",
    version: "v1beta1",
    namespace,
    act: "read the Canary",
    notInstalled: "Flagger's CRDs are not installed in it",
  };
}

function createEvents(namespace: string): ApiAsk {
  return {
    ...ours,
    verb: "create",
    resource: "events",
    apiGroup: "",
    version: "v1",
    namespace,
    act: "write Events",
    notInstalled: "something stands before it",
  };
}
