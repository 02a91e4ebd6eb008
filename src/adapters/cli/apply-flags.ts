/**
 * The flags of `coalmine analyze` as a spec document: each flag says in one
 * word what the spec file says in a line, and wins over the file.
 */
import { presetTable } from "../../analysis/presets/preset-table.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { type LatencyLimit, readCohort, readMaxLatency, readThreshold } from "./flag-values.ts";

/** What the flags say of the spec, as typed. */
export interface SpecFlags {
  readonly service?: string;
  readonly namespace?: string;
  readonly telemetry?: string;
  /** `version=v2` or `selector=…`; a selector runs to the end. */
  readonly canary?: string;
  readonly baseline?: string;
  readonly duration?: string;
  /** Percentage of requests that must succeed: `99.5`. */
  readonly threshold?: string;
  /** Each `p99=500ms`. */
  readonly maxLatency?: readonly string[];
}

type Document = Readonly<Record<string, unknown>>;

/**
 * The document with the flags in place of what it says. A document that is not
 * a mapping is left to the parser, which says so.
 *
 * @throws CoalmineError invalid-request with every flag that does not read.
 */
export function applyFlags(document: unknown, flags: SpecFlags): unknown {
  const problems: Problem[] = [];
  const changes = {
    ...present({
      service: flags.service,
      namespace: flags.namespace,
      telemetry: flags.telemetry,
      duration: flags.duration,
    }),
    cohorts: present({
      canary: flags.canary === undefined ? undefined : readCohort("--canary", flags.canary, problems),
      baseline: flags.baseline === undefined ? undefined : readCohort("--baseline", flags.baseline, problems),
    }),
  };
  const errorLimit = flags.threshold === undefined ? null : readThreshold(flags.threshold, problems);
  const latencyLimits = (flags.maxLatency ?? []).map((text) => readMaxLatency(text, problems));
  if (problems.length > 0) throw new CoalmineError("invalid-request", "a flag does not read", { problems });
  if (!isDocument(document)) return document;
  const changed = withCohorts({ ...document, ...changes }, document["cohorts"], changes.cohorts);
  return withLimits(
    changed,
    errorLimit,
    latencyLimits.filter((limit) => limit !== null),
  );
}

function withCohorts(document: Document, old: unknown, flags: Document): Document {
  const { cohorts: _flags, ...rest } = document;
  if (Object.keys(flags).length === 0) return old === undefined ? rest : { ...rest, cohorts: old };
  return { ...rest, cohorts: isDocument(old) ? { ...old, ...flags } : flags };
}

function withLimits(
  document: Document,
  errorLimit: string | null,
  latencyLimits: readonly LatencyLimit[],
): Document {
  if (errorLimit === null && latencyLimits.length === 0) return document;
  const listed = document["metrics"];
  if (listed !== undefined && !Array.isArray(listed)) return document;
  const isCompared = hasBaseline(document);
  const compare = isCompared ? { compare: {} } : {};
  let metrics: readonly unknown[] = listed ?? defaultMetrics(isCompared, latencyLimits.length > 0);
  if (errorLimit !== null) {
    const isErrors = (metric: Document): boolean => metric["kind"] === "errors";
    metrics = withLimit(metrics, isErrors, { name: "errors", kind: "errors", ...compare }, errorLimit);
  }
  for (const { name, quantile, limit } of latencyLimits) {
    const isSame = (metric: Document): boolean =>
      metric["kind"] === "latency" && isScalar(metric["quantile"]) && Number(metric["quantile"]) === quantile;
    metrics = withLimit(metrics, isSame, { name, kind: "latency", quantile, ...compare }, limit);
  }
  return { ...document, metrics };
}

/** Whether the spec names a baseline, or leaves both cohorts to a preset that knows them. */
function hasBaseline({ cohorts, telemetry }: Document): boolean {
  if (isDocument(cohorts)) return cohorts["baseline"] !== undefined;
  const preset = isDocument(telemetry) ? telemetry["preset"] : telemetry;
  if (cohorts !== undefined || typeof preset !== "string") return false;
  return presetTable.get(preset)?.cohorts("", {}) != null;
}

/** What a spec without metrics judges, short of limits; without a baseline there is nothing to compare. */
function defaultMetrics(isCompared: boolean, hasLatencyLimit: boolean): readonly Document[] {
  if (!isCompared) return [];
  const errors = { name: "errors", kind: "errors", compare: {} };
  const latency = { name: "latency", kind: "latency", compare: {} };
  return hasLatencyLimit ? [errors] : [errors, latency];
}

/** Sets the limit of the first metric that `isMeant`, or adds `fresh` with it. */
function withLimit(
  metrics: readonly unknown[],
  isMeant: (metric: Document) => boolean,
  fresh: Document,
  limit: string,
): readonly unknown[] {
  const index = metrics.findIndex((metric) => isDocument(metric) && isMeant(metric));
  if (index < 0) return [...metrics, { ...fresh, limit }];
  return metrics.map((metric, at) => {
    if (at !== index || !isDocument(metric)) return metric;
    const old = metric["limit"];
    return { ...metric, limit: isDocument(old) ? { ...old, atMost: limit } : limit };
  });
}

/** Of a map or a list there may be no number to make. */
function isScalar(value: unknown): boolean {
  return typeof value !== "object";
}

function present(fields: Readonly<Record<string, unknown>>): Document {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
