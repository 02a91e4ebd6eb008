/** The plugin's configuration in a template: the spec itself, of which the controller already knows a part. */
import { presetTable } from "../../analysis/presets/preset-table.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import type { Release } from "./release.ts";

/** A template is a page of YAML; its JSON is checked for size before it is read. */
const maxLength = 65_536;

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

/** Whether a cohort of the document is to be the stable ReplicaSet's pods. */
export function wantsStableHash(document: SpecDocument): boolean {
  const { baseline } = namedCohorts(document);
  return isDocument(baseline) && !isIdentified(baseline);
}

/** Whether a cohort of the document is to be the canary's pods by their hash. */
export function wantsCanaryHash(document: SpecDocument): boolean {
  const { canary } = namedCohorts(document);
  return isDocument(canary) && !isIdentified(canary);
}

/**
 * The spec: the document with what it leaves out from the release.
 *
 * `service` is the Rollout, `namespace` the run's. A cohort that says nothing
 * of its pods is the ReplicaSet's: pods named `<rollout>-<hash>-…`, or those
 * whose `hashLabel` holds the hash. Without `cohorts` both are; a document that
 * names a canary and no baseline has none, and only limits are judged.
 *
 * @throws CoalmineError invalid-spec with every problem and its path.
 */
export function completeConfiguration(document: SpecDocument, release: Release): AnalysisSpec {
  const { rollout, canaryHash, stableHash } = release;
  const cohorts = namedCohorts(document);
  return parseSpec({
    ...(rollout !== null && { service: rollout }),
    namespace: release.namespace,
    ...document,
    ...(cohorts.canary !== undefined && {
      cohorts: {
        ...cohorts,
        canary: withHash(cohorts.canary, rollout, canaryHash),
        ...(cohorts.baseline !== undefined && { baseline: withHash(cohorts.baseline, rollout, stableHash) }),
      },
    }),
  });
}

/** The cohorts that the document asks for; presets that know theirs are left alone. */
function namedCohorts({ cohorts, telemetry }: SpecDocument): Readonly<Record<string, unknown>> {
  if (isDocument(cohorts)) return { ...cohorts, canary: cohorts["canary"] ?? {} };
  if (cohorts !== undefined) return {};
  const preset = presetTable.get(isDocument(telemetry) ? String(telemetry["preset"]) : String(telemetry));
  const knows = preset?.cohorts("service", {}) ?? null;
  return knows === null ? { canary: {}, baseline: {} } : {};
}

const identifying = ["version", "workload", "service", "hash", "selector"];

function isIdentified(cohort: SpecDocument): boolean {
  return identifying.some((field) => cohort[field] !== undefined);
}

function withHash(cohort: unknown, rollout: string | null, hash: string | null): unknown {
  if (!isDocument(cohort) || isIdentified(cohort) || hash === null) return cohort;
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
