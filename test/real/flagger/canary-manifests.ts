/** A Deployment with its Canary, for each of Flagger's strategies. */
import { type HookType, hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import type { Manifest } from "../../support/kubernetes-api.ts";

/** A webhook of a Canary, as under `spec.analysis.webhooks`. */
export interface CanaryWebhook {
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly disableTLS?: boolean;
  readonly muteAlert?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** How Flagger releases; the ticks of each are ten seconds, which is its least. */
const strategies = {
  /** 25 and 50 of 100 by weight. */
  weights: { stepWeight: 25, maxWeight: 50 },
  /** Users with a header, for two iterations. */
  headers: { iterations: 2, match: [{ headers: { "x-canary": { exact: "always" } } }] },
  /** Without a mesh, two iterations. */
  "blue-green": { iterations: 2 },
  /** The same by Istio. */
  "blue-green-istio": { iterations: 2 },
  /** A tick of mirrored requests, then 50 of 100. */
  mirror: { stepWeight: 50, maxWeight: 50, mirror: true, mirrorWeight: 100 },
} as const;

export type Strategy = keyof typeof strategies;

/** What differs from test to test. */
export interface CanaryOptions {
  /** Of the Canary, the Deployment and the service. */
  readonly name: string;
  readonly strategy: Strategy;
  readonly webhooks?: readonly CanaryWebhook[];
  /** Further keys of `spec.analysis`, as in `threshold` (5 if left out) or `metrics`. */
  readonly analysis?: Readonly<Record<string, unknown>>;
  readonly replicas?: number;
  /** Of the Canary, as in shareAnnotation of canary-traffic.ts. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Both, with the first version of the image, `shop/checkout:1`. */
export function canaryManifests(options: CanaryOptions): readonly Manifest[] {
  const { name, strategy, webhooks = [], analysis = {}, replicas = 2, annotations = {} } = options;
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: { app: name } },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: "web", image: "shop/checkout:1", ports: [{ containerPort: 8080 }] }] },
        },
      },
    },
    {
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      metadata: { name, annotations },
      spec: {
        ...(strategy === "blue-green" ? { provider: "kubernetes" } : {}),
        targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        service: { port: 80, targetPort: 8080 },
        analysis: { interval: "10s", threshold: 5, ...strategies[strategy], ...analysis, webhooks },
      },
    },
  ];
}

/**
 * A webhook of each type, at `<base>/<type>`.
 *
 * @param base as in `http://127.0.0.1:8080/flagger/v1`.
 */
export function webhooksAt(
  base: string,
  types: readonly HookType[] = hookTypes,
  metadata: Readonly<Record<string, string>> = {},
): readonly CanaryWebhook[] {
  return types.map((type) => ({ name: type, type, url: `${base}/${type}`, timeout: "5s", metadata }));
}
