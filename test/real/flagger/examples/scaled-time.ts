/**
 * The published examples for a test: ten minutes of theirs take thirty seconds,
 * and all that they call is where the test has it. Nothing else changes.
 */
import { parseDuration } from "../../../../src/base/duration.ts";
import type { Manifest } from "../../../support/kubernetes-api.ts";

/** How many times faster the analyses' time runs. */
const speed = 20;

/** Flagger's least, whatever a Canary says. */
const tick = "10s";

/** Where a test has what the examples name by a cluster's addresses; each without a slash at the end. */
export interface Places {
  readonly "coalmine.coalmine:8080": string;
  readonly "flagger-loadtester.flagger": string;
  readonly "prometheus.monitoring:9090": string;
}

/** The keys whose values the test may change. */
export const changedKeys = ["interval", "duration", "tick", "warmup", "for", "url", "address", "query"];

/** The times that a spec has where it says nothing (docs/spec.md). */
const defaultTimes = { duration: "10m", interval: "15s", tick: "60s", warmup: "3m" } as const;

type Tree = Readonly<Record<string, unknown>>;

/**
 * The manifest with:
 * - every `interval` of Flagger's at its least, ten seconds;
 * - the spec of every hook of Coalmine's, and of a query of `coalmine_score`, with its times 20 times shorter, those that
 *   it leaves to their defaults included; a hook that names a spec has none;
 * - every address at the test's place.
 */
export function scaledTime(manifest: Manifest, places: Places): Manifest {
  const spec = objectOf(manifest["spec"]);
  if (manifest.kind === "MetricTemplate") return { ...manifest, spec: scaledTemplate(spec, places) };
  const { webhooks = [], metrics = [], ...analysis } = objectOf(spec["analysis"]);
  return {
    ...manifest,
    spec: {
      ...spec,
      analysis: {
        ...analysis,
        interval: tick,
        ...(listOf(metrics).length > 0 && { metrics: listOf(metrics).map(scaledMetric) }),
        ...(listOf(webhooks).length > 0 && {
          webhooks: listOf(webhooks).map((webhook) => scaledWebhook(webhook, places)),
        }),
      },
    },
  };
}

/** The document of a named spec with its times 20 times shorter. */
export function scaledSpec(spec: Tree): Tree {
  const complete: Tree = { ...defaultTimes, ...spec };
  const metrics = listOf(complete["metrics"] ?? []).map((metric) => ({
    ...metric,
    ...(metric["for"] !== undefined && { for: scaled(metric["for"]) }),
  }));
  return { ...complete, ...scaledTimes(complete), ...(metrics.length > 0 && { metrics }) };
}

function scaledWebhook(webhook: Tree, places: Places): Tree {
  const url = moved(webhook["url"], places);
  const metadata = objectOf(webhook["metadata"] ?? {});
  const isOurs = String(webhook["url"]).includes("/flagger/v1/") && metadata["spec"] === undefined;
  return { ...webhook, url, ...(isOurs && { metadata: scaledSpec(metadata) }) };
}

function scaledMetric(metric: Tree): Tree {
  const { templateVariables: variables } = metric;
  const quick = variables !== undefined && { templateVariables: scaledTimes(objectOf(variables)) };
  return { ...metric, interval: tick, ...quick };
}

function scaledTemplate(spec: Tree, places: Places): Tree {
  const provider = objectOf(spec["provider"]);
  const query = String(spec["query"]);
  const { duration: _, ...others } = defaultTimes;
  const times = Object.entries(scaledTimes(others)).map(([label, time]) => `, ${label}="${String(time)}"`);
  return {
    ...spec,
    provider: { ...provider, address: moved(provider["address"], places) },
    // Its duration is a variable of the Canary's.
    query: query.replace(/(coalmine_score\{.*duration="[^"]+")/, `$1${times.join("")}`),
  };
}

function moved(url: unknown, places: Places): string {
  const address = String(url);
  for (const [host, place] of Object.entries(places)) {
    if (address.startsWith(`http://${host}/`) || address === `http://${host}`)
      return address.replace(`http://${host}`, place);
  }
  throw new Error(`nobody plays ${address}`);
}

function scaledTimes(spec: Tree): Tree {
  const times = Object.keys(defaultTimes).filter((key) => spec[key] !== undefined);
  return { ...spec, ...Object.fromEntries(times.map((key) => [key, scaled(spec[key])])) };
}

/** In whole seconds, one at least. */
function scaled(time: unknown): string {
  const ms = parseDuration(String(time));
  if (ms === null) throw new Error(`${String(time)} is no time`);
  return `${Math.max(1, Math.ceil(ms / speed / 1_000))}s`;
}

function objectOf(value: unknown): Tree {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`a map is wanted, not ${JSON.stringify(value)}`);
  return { ...value };
}

function listOf(value: unknown): readonly Tree[] {
  if (!Array.isArray(value)) throw new Error(`a list is wanted, not ${JSON.stringify(value)}`);
  return value.map(objectOf);
}
