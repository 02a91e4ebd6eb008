/** What kinds a cluster knows and where its API keeps them. */
import { z } from "zod";
import { listOf } from "./kubernetes-json.ts";

/** A kind's place in the API. */
export interface Kind {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly base: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/**
 * Every kind by two names, `Rollout` and `argoproj.io/v1alpha1/Rollout`. Where
 * groups share a short name the core group has it, then the first one listed.
 *
 * @param read answers the JSON at a path, in the form that is accepted.
 */
export async function discoverKinds(
  read: (path: string, accept: string) => Promise<unknown>,
): Promise<ReadonlyMap<string, Kind>> {
  const answers = [
    ...kindsIn("/api", discovery.parse(await read("/api", aggregated))),
    ...kindsIn("/apis", discovery.parse(await read("/apis", aggregated))),
  ];
  const short = answers.map(({ name, kind }) => [name, kind] as const);
  const full = answers.map(({ apiVersion, name, kind }) => [`${apiVersion}/${name}`, kind] as const);
  // Of those with one name a map keeps the last.
  return new Map([...short.reverse(), ...full]);
}

function kindsIn(root: string, { items }: z.infer<typeof discovery>) {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) => {
      const apiVersion = metadata.name === "" ? version : `${metadata.name}/${version}`;
      return resources.map(({ resource, responseKind, scope }) => ({
        apiVersion,
        name: responseKind.kind,
        kind: { base: `${root}/${apiVersion}`, plural: resource, isNamespaced: scope === "Namespaced" },
      }));
    }),
  );
}

/** All groups in one answer (aggregated discovery, Kubernetes 1.30 and later). */
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const discovery = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string().default("") }),
      versions: z.array(
        z.looseObject({
          version: z.string(),
          resources: listOf(
            z.looseObject({
              resource: z.string(),
              responseKind: z.looseObject({ kind: z.string() }),
              scope: z.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});
