/** Rollouts from the Kubernetes API. */
import type { Clock } from "../../../base/clock.ts";
import { CoalmineError } from "../../../base/errors.ts";
import type { RolloutReader, RolloutView } from "../controller-view.ts";
import { connectToApi } from "./api-exchange.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { parseRollout } from "./parse-rollout.ts";
import { refusalOf, saysNoSuchRollout } from "./refusal.ts";
import { shareReads } from "./shared-reads.ts";

export interface RolloutReaderOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
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
  const api = connectToApi(access, { timeoutMs, maxBytes });

  async function get(key: string): Promise<RolloutView | null> {
    const [namespace = "", name = ""] = key.split("/");
    const answer = await api.get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}`);
    if (answer.status === 200) return parseRollout(answer.body);
    if (answer.status === 404 && saysNoSuchRollout(answer, name)) return null;
    throw refusalOf(answer, access.server, namespace);
  }

  const read = shareReads(get, { clock, freshMs });
  return {
    // Neither name holds anything that a path would give a meaning to.
    read: async (namespace, name, signal) =>
      await read(`${requireName("namespace", namespace)}/${requireName("Rollout", name)}`, signal),
    close: () => api.close(),
  };
}

/** @throws CoalmineError invalid-request if it is no name of Kubernetes' (a DNS subdomain, RFC 1123). */
function requireName(what: string, name: string): string {
  if (name.length <= 253 && /^[a-z0-9]+([.-]+[a-z0-9]+)*$/.test(name)) return name;
  throw new CoalmineError(
    "invalid-request",
    `${JSON.stringify(name.slice(0, 253))} cannot be the name of a ${what}`,
  );
}
