/** Rollouts from the Kubernetes API. */
import type { Clock } from "../../../base/clock.ts";
import { connectToApi } from "../../kubernetes/api-exchange.ts";
import type { ClusterAccess } from "../../kubernetes/cluster-access.ts";
import { requireName } from "../../kubernetes/object-name.ts";
import { type ApiAsk, refusalOf, saysNotFound } from "../../kubernetes/refusal.ts";
import { shareReads } from "../../kubernetes/shared-reads.ts";
import type { RolloutReader, RolloutView } from "../controller-view.ts";
import { parseRollout } from "./parse-rollout.ts";

export interface RolloutReaderOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** Whose rights are asked for, for what is told where they lack; the plugin's if left out. */
  readonly rightsOf?: "plugin" | "server";
  /** For one request as a whole; 5 s if left out. */
  readonly timeoutMs?: number;
  /** Of one answer; 4 MiB if left out, over twice what etcd stores of an object. */
  readonly maxBytes?: number;
  /** How old an answer may be and still be given again; 2 s if left out. */
  readonly freshMs?: number;
}

/** A reader that holds connections until it is closed. */
export interface OpenRolloutReader extends RolloutReader {
  close(): Promise<void>;
}

/**
 * Reads `rollouts.argoproj.io` with the verb `get` and nothing else. Nothing is
 * connected before the first read; asks for one Rollout within two seconds are
 * one request.
 */
export function createRolloutReader(options: RolloutReaderOptions): OpenRolloutReader {
  const { access, clock, timeoutMs = 5_000, maxBytes = 4 * 1024 * 1024, freshMs = 2_000 } = options;
  const { rightsOf = "plugin" } = options;
  const api = connectToApi(access, { timeoutMs, maxBytes });

  async function get(key: string): Promise<RolloutView | null> {
    const [namespace = "", name = ""] = key.split("/");
    const answer = await api.get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}`);
    if (answer.status === 200) return parseRollout(answer.body);
    if (answer.status === 404 && saysNotFound(answer, name)) return null;
    throw refusalOf(answer, access.server, getRollout(namespace, rightsOf));
  }

  const read = shareReads(get, { clock, freshMs });
  return {
    // Neither name holds anything that a path would give a meaning to.
    read: async (namespace, name, signal) =>
      await read(`${requireName("namespace", namespace)}/${requireName("Rollout", name)}`, signal),
    close: () => api.close(),
  };
}

const rights = {
  plugin: {
    account: "the controller's service account",
    remedy: "Argo Rollouts' own ClusterRole has it; in a namespaced install bind a Role that has it",
  },
  server: {
    account: "the Coalmine server's service account",
    remedy: "bind a Role that has it, as plugins/argo-rollouts/remote/rollout-reader.yaml does",
  },
} as const;

function getRollout(namespace: string, rightsOf: "plugin" | "server"): ApiAsk {
  return {
    verb: "get",
    resource: "rollouts",
    apiGroup: "argoproj.io",
    version: "v1alpha1",
    namespace,
    act: "read the Rollout",
    loss: "rollouts.argoproj.io cannot be read",
    ...rights[rightsOf],
    notInstalled: "Argo Rollouts' CRDs are not installed in it",
  };
}
