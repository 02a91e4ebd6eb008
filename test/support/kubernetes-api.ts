/** A Kubernetes API for tests: objects by kind and name, straight over HTTP, refused when they are not in their schema. */
import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";
import { z } from "zod";
import { discoverKinds, type Kind } from "./kubernetes-kinds.ts";

/** Where the API is, and who asks. */
export interface KubernetesAccess {
  /** As in `https://127.0.0.1:40123`. */
  readonly api: string;
  readonly token: string;
  /** PEM certificates that the server's is checked with. */
  readonly caFile: string;
}

const kubernetesObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    generation: z.number().optional(),
    resourceVersion: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

/** An object as the API answers it. What a test reads further down is parsed by the reader of that kind. */
export type KubernetesObject = z.infer<typeof kubernetesObject>;

/** An object to be created, as in a YAML document. */
export const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().optional(),
    generateName: z.string().optional(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Names an object. Kinds are said as in a manifest (`Rollout`); `namespace` is left out for those of the cluster. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Names some objects of a kind; without `namespace` those of all. */
export interface ObjectsWanted {
  readonly kind: string;
  readonly namespace?: string;
  /** As in `app=checkout`. */
  readonly labelSelector?: string;
}

/** What changes of an object: a merge patch, or the steps of a JSON patch. */
export type Patch = Readonly<Record<string, unknown>> | readonly JsonPatchStep[];

/** One step of a JSON patch (RFC 6902). */
export interface JsonPatchStep {
  readonly op: "add" | "remove" | "replace" | "test";
  /** As in `/spec/template/spec/containers/0/image`. */
  readonly path: string;
  readonly value?: unknown;
}

/** The API answered with an error. */
class KubernetesError extends Error {
  /** The HTTP status: 404 not found, 409 exists already, 422 not in the schema, 403 not allowed. */
  readonly status: number;
  constructor(asked: string, status: number, text: string) {
    super(`${asked}: ${status} ${text}`);
    this.name = "KubernetesError";
    this.status = status;
  }
}

/** The API of one cluster, asked by one user. Every call throws KubernetesError when it is refused. */
export interface KubernetesApi {
  /** Makes a new object. A field that is not in its schema is an error. */
  create(manifest: Manifest): Promise<KubernetesObject>;
  /** Makes it, or changes it to this (server-side apply, by force). A field that is not in its schema is an error. */
  apply(manifest: Manifest): Promise<KubernetesObject>;
  get(wanted: ObjectName): Promise<KubernetesObject>;
  /** Like `get`, null when there is none. */
  find(wanted: ObjectName): Promise<KubernetesObject | null>;
  list(wanted: ObjectsWanted): Promise<readonly KubernetesObject[]>;
  /** @param subresource as in `status`. */
  patch(wanted: ObjectName, patch: Patch, subresource?: string): Promise<KubernetesObject>;
  /** Marks it for deletion with all that it owns; it may take a moment to go. */
  delete(wanted: ObjectName): Promise<void>;
  /** Any other call; the answer's JSON. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Speaks to a cluster. Kinds are looked up in the API itself, so new CRDs are known. */
export function createKubernetesApi(access: KubernetesAccess): KubernetesApi {
  const dispatcher = new Agent({ connect: { ca: readFileSync(access.caFile) } });

  async function send(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const response = await fetch(`${access.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${access.token}`, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher,
    });
    const text = await response.text();
    if (!response.ok) throw new KubernetesError(`${method} ${path}`, response.status, messageOf(text));
    return JSON.parse(text);
  }
  const request: KubernetesApi["request"] = (method, path, body, contentType = "application/json") =>
    send(method, path, body, { "content-type": contentType });
  const discover = () => discoverKinds((path, accept) => send("GET", path, undefined, { accept }));

  let kinds = discover();
  // An error is the caller's who asks, not of a moment when nobody listens.
  kinds.catch(() => {});

  async function kindOf(name: string): Promise<Kind> {
    const known = (await kinds).get(name);
    if (known !== undefined) return known;
    kinds = discover();
    const found = (await kinds).get(name);
    if (found === undefined) throw new Error(`the cluster knows no kind ${name}`);
    return found;
  }

  async function pathOf({ kind, name, namespace }: Partial<ObjectName> & { kind: string }): Promise<string> {
    const { base, plural, isNamespaced } = await kindOf(kind);
    if (isNamespaced && namespace === undefined && name !== undefined)
      throw new Error(`${kind} ${name}: name its namespace`);
    const place = isNamespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${base}${place}/${plural}${name === undefined ? "" : `/${name}`}`;
  }

  const pathOfManifest = ({ apiVersion, kind, metadata: { namespace } }: Manifest) =>
    pathOf({ kind: `${apiVersion}/${kind}`, ...(namespace === undefined ? {} : { namespace }) });

  const api: KubernetesApi = {
    request,
    async create(manifest) {
      const path = await pathOfManifest(manifest);
      return kubernetesObject.parse(await request("POST", `${path}?${strict}`, manifest));
    },
    async apply(manifest) {
      const path = `${await pathOfManifest(manifest)}/${manifest.metadata.name ?? ""}`;
      const answer = await request("PATCH", `${path}?${strict}&force=true`, manifest, contentTypes.apply);
      return kubernetesObject.parse(answer);
    },
    get: async (wanted) => kubernetesObject.parse(await request("GET", await pathOf(wanted))),
    async find(wanted) {
      try {
        return await api.get(wanted);
      } catch (error) {
        if (error instanceof KubernetesError && error.status === 404) return null;
        throw error;
      }
    },
    async list(wanted) {
      const { labelSelector } = wanted;
      const query = labelSelector === undefined ? "" : `?labelSelector=${encodeURIComponent(labelSelector)}`;
      return objectList.parse(await request("GET", `${await pathOf(wanted)}${query}`)).items;
    },
    async patch(wanted, patch, subresource) {
      const path = `${await pathOf(wanted)}${subresource === undefined ? "" : `/${subresource}`}?${strict}`;
      const contentType = Array.isArray(patch) ? contentTypes.steps : contentTypes.merge;
      return kubernetesObject.parse(await request("PATCH", path, patch, contentType));
    },
    async delete(wanted) {
      await request("DELETE", `${await pathOf(wanted)}?propagationPolicy=Background`);
    },
    close: () => dispatcher.destroy(),
  };
  return api;
}

const strict = "fieldValidation=Strict&fieldManager=coalmine-test";

const contentTypes = {
  // JSON is YAML: the one body that every server takes for an apply.
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  steps: "application/json-patch+json",
};

const objectList = z.looseObject({ items: z.array(kubernetesObject) });

/** The `message` of a Status, else the text itself. */
function messageOf(text: string): string {
  try {
    return z.looseObject({ message: z.string() }).parse(JSON.parse(text)).message;
  } catch {
    return text.slice(0, 500);
  }
}
