/** The traffic of the pods of Flagger's Canaries, as the mesh would send it: by the VirtualService that Flagger writes. */
import { z } from "zod";
import { type CanaryState, readCanary } from "../canary.ts";
import type { KubernetesApi } from "../kubernetes-api.ts";
import { listOf } from "../kubernetes-json.ts";
import type { FakePod, PodMetricsOptions } from "./pod-metrics.ts";

/** Of a Canary's users together. */
const requestsPerSecond = 2_000;

/** Of the users that a rule for some of them matches, as an A/B test's does. */
const matchedShare = 0.3;

/** A Canary with this annotation sends its canary that share of the requests, from 0 to 1, whatever the mesh is told. */
export const shareAnnotation = "coalmine.test/canary-share";

/** What each cohort gets of all requests; a mirror makes more than one of them together. */
export interface Shares {
  readonly primary: number;
  readonly canary: number;
}

/** @param api must be allowed to list the Canaries and VirtualServices of every namespace. */
export function canaryPods(api: KubernetesApi): PodMetricsOptions {
  return {
    hashLabel: "pod-template-hash",
    hasWorkload: true,
    async traffic(pods) {
      const [canaries, services] = await Promise.all([
        api.list({ kind: "Canary" }),
        api.list({ kind: "networking.istio.io/v1beta1/VirtualService" }),
      ]);
      const routes = new Map(
        services.map((service) => [placeOf(service.metadata.namespace, service.metadata.name), service]),
      );
      const rates = canaries.flatMap((object) => {
        const canary = readCanary(object);
        const { namespace, name } = canary.metadata;
        const service = routes.get(
          placeOf(namespace, canary.spec.service.name || canary.spec.targetRef.name),
        );
        const shares = sharesOf(canary, service);
        const said = object.metadata.annotations[shareAnnotation];
        if (said !== undefined && Number.isNaN(Number(said)))
          throw new Error(`Canary ${name}: ${shareAnnotation} is no number: ${said}`);
        return ratesOf(pods, canary, said === undefined ? shares : { ...shares, canary: Number(said) });
      });
      return new Map(rates);
    },
  };
}

/** Every pod of a cohort gets as much as the next. */
function ratesOf(
  pods: readonly FakePod[],
  { metadata, spec }: CanaryState,
  { primary, canary }: Shares,
): readonly (readonly [string, number])[] {
  const target = spec.targetRef.name;
  const cohorts = [
    { workload: target, share: canary },
    { workload: `${target}-primary`, share: primary },
  ];
  return cohorts.flatMap(({ workload, share }) => {
    const own = pods.filter((pod) => pod.namespace === metadata.namespace && pod.workload === workload);
    return own.map(({ uid }) => [uid, (requestsPerSecond * share) / own.length] as const);
  });
}

/** Without a mesh a load test is assumed, which sends the canary as much as the primary gets. */
function sharesOf({ spec }: CanaryState, virtualService: unknown): Shares {
  if (spec.provider === "kubernetes") return { primary: 1, canary: 1 };
  if (virtualService === undefined) return { primary: 1, canary: 0 };
  return sharesOfRoutes(virtualServiceSchema.parse(virtualService).spec.http);
}

/** Rules for some users come before the one for all. */
function sharesOfRoutes(routes: readonly Route[]): Shares {
  let left = 1;
  const shares = { primary: 0, canary: 0 };
  for (const [index, { match, route, mirror, mirrorPercentage }] of routes.entries()) {
    const isForAll = match.length === 0 || index === routes.length - 1;
    const users = isForAll ? left : left * matchedShare;
    left -= users;
    for (const { host, share } of splitOf(route)) {
      const cohort = host.endsWith("-canary") ? "canary" : "primary";
      shares[cohort] += users * share;
    }
    if (mirror?.host.endsWith("-canary")) shares.canary += (users * (mirrorPercentage?.value ?? 100)) / 100;
  }
  return shares;
}

/** The only destination of a rule gets everything, whatever its weight: in A/B tests Flagger writes 0. */
function splitOf(route: Route["route"]) {
  const sum = route.reduce((weights, { weight }) => weights + weight, 0);
  return route.map(({ destination: { host }, weight }) => ({
    host,
    share: route.length === 1 ? 1 : sum === 0 ? 0 : weight / sum,
  }));
}

function placeOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ""}/${name}`;
}

const routeSchema = z.looseObject({
  match: listOf(z.unknown()),
  route: listOf(
    z.looseObject({ destination: z.looseObject({ host: z.string() }), weight: z.number().default(0) }),
  ),
  mirror: z.looseObject({ host: z.string().default("") }).nullish(),
  mirrorPercentage: z.looseObject({ value: z.number() }).nullish(),
});
type Route = z.infer<typeof routeSchema>;

const virtualServiceSchema = z.looseObject({ spec: z.looseObject({ http: listOf(routeSchema) }) });
