/** A namespace of a test's own: apply manifests, wait for what becomes of them, and see why when it does not. */
import { z } from "zod";
import { type Canary, createCanary } from "./canary.ts";
import type { KubernetesApi, KubernetesObject, Manifest } from "./kubernetes-api.ts";
import { readManifests } from "./read-manifests.ts";
import { createRollout, type Rollout } from "./rollout.ts";
import { type Wait, waitUntil } from "./wait-until.ts";

/** An Event of Kubernetes, as people read it. */
export interface EventLine {
  /** `Normal` or `Warning`. */
  readonly type: string;
  /** As in `RolloutAborted`. */
  readonly reason: string;
  readonly message: string;
  /** As in `Rollout/checkout`. */
  readonly about: string;
  /** Who says it, as in `flagger`. */
  readonly from: string;
  /** How often it was said in the same words. */
  readonly times: number;
}

/** A namespace, seen by the administrator. */
export interface KubernetesNamespace {
  readonly name: string;
  readonly api: KubernetesApi;
  /**
   * Creates or changes what a YAML text (any number of documents) or manifests
   * say, in order. They are put into this namespace unless they name one, and labelled for the
   * controller it belongs to. A field that is not in its kind's schema is an error.
   */
  apply(manifests: string | readonly Manifest[]): Promise<readonly KubernetesObject[]>;
  get(kind: string, name: string): Promise<KubernetesObject>;
  list(kind: string, labelSelector?: string): Promise<readonly KubernetesObject[]>;
  /** Marks it for deletion, with all that it owns. */
  delete(kind: string, name: string): Promise<void>;
  /** A Rollout by name, whether or not it is there yet. */
  rollout(name: string): Rollout;
  /** A Canary by name, whether or not it is there yet. */
  canary(name: string): Canary;
  /** Events of the namespace, oldest first; of one object if it is named, as in `Rollout/checkout`. */
  events(about?: string): Promise<readonly EventLine[]>;
  /**
   * Asks again every tenth of a second until it is so, and answers the value.
   *
   * @throws Error after the time, with the last value and the last 25 events.
   */
  waitFor<T>(wait: Wait<T>): Promise<T>;
  /** Deletes the namespace and all that is in it; it may take a moment to go. */
  remove(): Promise<void>;
}

/**
 * Creates a namespace with a new name.
 *
 * @param prefix what the name starts with.
 * @param labels put on everything that is applied to it.
 */
export async function createKubernetesNamespace(
  api: KubernetesApi,
  prefix: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<KubernetesNamespace> {
  const { metadata } = await api.create({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { generateName: `${prefix}-` },
  });
  const name = metadata.name;

  const namespace: KubernetesNamespace = {
    name,
    api,
    async apply(manifests) {
      const all = typeof manifests === "string" ? readManifests(manifests) : manifests;
      const applied: KubernetesObject[] = [];
      for (const manifest of all) applied.push(await api.apply(placed(manifest, name, labels)));
      return applied;
    },
    get: (kind, object) => api.get({ kind, name: object, namespace: name }),
    list: (kind, labelSelector) =>
      api.list({ kind, namespace: name, ...(labelSelector === undefined ? {} : { labelSelector }) }),
    delete: (kind, object) => api.delete({ kind, name: object, namespace: name }),
    rollout: (rollout) => createRollout(namespace, rollout),
    canary: (canary) => createCanary(namespace, canary),
    async events(about) {
      const events = (await namespace.list("Event")).map((object) => eventSchema.parse(object));
      events.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
      const lines = events.map(({ involvedObject: { kind, name: object }, source, ...event }) => ({
        type: event.type,
        reason: event.reason,
        message: event.message,
        about: `${kind}/${object}`,
        from: source.component === "" ? event.reportingComponent : source.component,
        times: event.count ?? 1,
      }));
      return about === undefined ? lines : lines.filter((line) => line.about === about);
    },
    waitFor: (wait) =>
      waitUntil(wait, async () => {
        const last = (await namespace.events()).slice(-25);
        return last.map(({ type, reason, about, message }) => `${type} ${reason} ${about}: ${message}`);
      }),
    remove: () => api.delete({ kind: "Namespace", name }),
  };
  await namespace.waitFor({
    what: `${name} has an account for pods to run as`,
    read: () => api.find({ kind: "ServiceAccount", name: "default", namespace: name }),
    until: (account) => account !== null,
    seconds: 20,
  });
  return namespace;
}

const eventSchema = z.looseObject({
  type: z.string().default(""),
  reason: z.string().default(""),
  message: z.string().default(""),
  metadata: z.looseObject({ creationTimestamp: z.string() }),
  source: z.looseObject({ component: z.string().default("") }).prefault({}),
  reportingComponent: z.string().default(""),
  count: z.number().nullish(),
  involvedObject: z.looseObject({ kind: z.string().default(""), name: z.string().default("") }),
});

function placed(manifest: Manifest, namespace: string, labels: Readonly<Record<string, string>>): Manifest {
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: { namespace, ...metadata, labels: { ...metadata.labels, ...labels } },
  };
}
