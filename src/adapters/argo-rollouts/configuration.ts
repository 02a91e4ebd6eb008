/** The plugin's configuration in a template: the spec itself, of which the controller already knows a part. */
import type { Cohort } from "../../analysis/observation.ts";
import { presetTable } from "../../analysis/presets/preset-table.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { formatDuration } from "../../base/duration.ts";
import type { Release } from "./release.ts";

/** A template is a page of YAML; its JSON is checked for size before it is read. */
const maxLength = 65_536;

/** The controller asks and keeps times by the second, so looks more often than that cost everybody's source and tell nobody more. */
const leastIntervalMs = 1_000;

/** A spec as it stands in the template: anything may be missing or wrong in it. */
export type SpecDocument = Readonly<Record<string, unknown>>;

/** @throws CoalmineError invalid-spec if the text is no JSON object, or longer than a template is. */
export function readConfiguration(json: string): SpecDocument {
  if (json.length > maxLength)
    throw invalid(`the plugin's configuration has ${json.length} characters, more than ${maxLength}`);
  const value: unknown = json === "" ? {} : parseJson(json);
  if (isDocument(value)) return value;
  throw invalid("the plugin's configuration: expected a map, for instance `{telemetry: istio}`");
}

/** Whether the document leaves to the controller which pods a cohort is: by their hash, where the telemetry knows pods. */
export function wantsHash(document: SpecDocument, cohort: Cohort): boolean {
  const named = namedCohorts(document)[cohort];
  const takesHash = presetOf(document)?.cohortFields.includes("hash") ?? true;
  return takesHash && isDocument(named) && !isIdentified(named);
}

/**
 * The spec: the document with what it leaves out from the release.
 *
 * `service` is the Rollout, `namespace` the run's. A cohort that says nothing
 * of its pods is the ReplicaSet's: pods named `<rollout>-<hash>-…`, or those
 * whose `hashLabel` holds the hash. Without `cohorts` both are; a document that
 * names a canary and no baseline has none, and only limits are judged. Where the
 * telemetry does not know pods, cohorts must be named.
 *
 * @throws CoalmineError invalid-spec with every problem and its path.
 */
export function completeConfiguration(document: SpecDocument, release: Release): AnalysisSpec {
  const { rollout } = release;
  const cohorts = namedCohorts(document);
  const filled = (cohort: Cohort, hash: string | null) =>
    wantsHash(document, cohort) ? withHash(cohorts[cohort], rollout, hash) : cohorts[cohort];
  const spec = parseSpec({
    ...(rollout !== null && { service: rollout }),
    namespace: release.namespace,
    ...document,
    ...(cohorts["canary"] !== undefined && {
      cohorts: {
        ...cohorts,
        canary: filled("canary", release.canaryHash),
        ...(cohorts["baseline"] !== undefined && { baseline: filled("baseline", release.stableHash) }),
      },
    }),
  });
  if (spec.intervalMs >= leastIntervalMs) return spec;
  const message = `expected at least 1s on Argo Rollouts, got ${formatDuration(spec.intervalMs)}`;
  throw invalidSpec([{ path: "interval", message }]);
}

/** The cohorts that the document asks for; presets that know theirs are left alone. */
function namedCohorts(document: SpecDocument): Readonly<Record<string, unknown>> {
  const { cohorts } = document;
  // A map of nothing names none, as no map does: to judge limits only, a canary must be named.
  if (isDocument(cohorts) && Object.keys(cohorts).length > 0)
    return { ...cohorts, canary: cohorts["canary"] ?? {} };
  if (cohorts !== undefined && !isDocument(cohorts)) return {};
  const knows = presetOf(document)?.cohorts("service", {}) ?? null;
  return knows === null ? { canary: {}, baseline: {} } : {};
}

function presetOf({ telemetry }: SpecDocument) {
  const preset = isDocument(telemetry) ? telemetry["preset"] : telemetry;
  return typeof preset === "string" ? presetTable.get(preset) : undefined;
}

const identifying = ["version", "workload", "service", "hash", "selector"];

function isIdentified(cohort: SpecDocument): boolean {
  return identifying.some((field) => cohort[field] !== undefined);
}

function withHash(cohort: unknown, rollout: string | null, hash: string | null): unknown {
  if (!isDocument(cohort) || hash === null) return cohort;
  const byName = rollout !== null && cohort["hashLabel"] === undefined;
  return { ...cohort, hash, ...(byName && { workload: rollout }) };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid("the plugin's configuration is no JSON", cause);
  }
}

function isDocument(value: unknown): value is SpecDocument {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string, cause?: unknown) {
  return invalidSpec([{ path: "", message }], cause);
}
