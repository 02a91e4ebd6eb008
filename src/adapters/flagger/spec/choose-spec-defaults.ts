/** What a Canary lets a spec leave out: Flagger's names follow from its own. */
import { presetTable } from "../../../analysis/presets/preset-table.ts";
import type { CanaryName } from "../hook-call.ts";

/** A spec as it is written: anything may be missing or wrong in it. */
export type SpecDocument = Readonly<Record<string, unknown>>;

const defaultTelemetry = "flagger-istio";

/** Whose series are named by the Kubernetes service, which Flagger calls `<service>-canary` and `<service>-primary`. */
const namedByService: ReadonlySet<string> = new Set(["contour", "traefik"]);

/**
 * The document with what it leaves out: `service` is the Canary's name,
 * `namespace` its namespace, `telemetry` is flagger-istio, and the cohorts have
 * the names that Flagger gives them. A preset that does not know workloads or
 * services by these names gets no cohorts.
 *
 * @param target the name of the targetRef; null where it is the service's.
 */
export function completeDocument(
  document: SpecDocument,
  canary: CanaryName,
  target: string | null,
): SpecDocument {
  const { service = canary.name } = document;
  const preset = presetOf(document);
  const cohorts =
    document["cohorts"] === undefined && typeof service === "string"
      ? cohortsByFlagger(preset, service, target ?? service)
      : null;
  return {
    namespace: canary.namespace,
    ...(cohorts !== null && { cohorts }),
    ...document,
    service,
    telemetry: telemetryOf(document["telemetry"], takesTarget(preset) ? target : null),
  };
}

/** Whether a complete document has both cohorts without naming them. */
export function knowsCohorts(telemetry: string | undefined): boolean {
  const preset = telemetry ?? defaultTelemetry;
  return presetTable.get(preset)?.cohorts("", {}) != null || cohortsByFlagger(preset, "", "") !== null;
}

/** Whether `target` says something of the document: it leaves out its cohorts, and its preset knows workloads. */
export function usesTarget(document: SpecDocument): boolean {
  const preset = presetOf(document);
  if (!presetTable.has(preset)) return true; // What is wrong is the preset.
  return document["cohorts"] === undefined && (takesTarget(preset) || takesWorkload(preset));
}

export function isDocument(value: unknown): value is SpecDocument {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Null for presets that know the cohorts by themselves, and for those that Flagger's names say nothing to. */
function cohortsByFlagger(preset: string, service: string, target: string) {
  if (presetTable.get(preset)?.cohorts(service, {}) != null) return null;
  if (takesWorkload(preset)) {
    return { canary: { workload: target }, baseline: { workload: `${target}-primary` } };
  }
  if (!namedByService.has(preset)) return null;
  return { canary: { service: `${service}-canary` }, baseline: { service: `${service}-primary` } };
}

function takesWorkload(preset: string): boolean {
  return presetTable.get(preset)?.cohortFields.includes("workload") ?? false;
}

function takesTarget(preset: string): boolean {
  return Object.hasOwn(presetTable.get(preset)?.options ?? {}, "target");
}

function presetOf({ telemetry }: SpecDocument): string {
  const named = isDocument(telemetry) ? telemetry["preset"] : telemetry;
  if (named === undefined) return defaultTelemetry;
  // Anything else than text is no preset's name, and is the parser's to refuse.
  return typeof named === "string" ? named : "";
}

function telemetryOf(telemetry: unknown, target: string | null): unknown {
  const options = target === null ? {} : { target };
  if (isDocument(telemetry)) return { preset: defaultTelemetry, ...telemetry, ...options };
  const preset = telemetry === undefined ? defaultTelemetry : telemetry;
  return target === null ? preset : { preset, ...options };
}
