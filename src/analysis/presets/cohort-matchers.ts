import type { Matcher } from "../selector.ts";
import type { CohortSpec } from "../spec/model.ts";
import { parseMatchers } from "../spec/parse-selector.ts";
import { equals, literal, matches } from "./matchers.ts";
import type { CohortField, PresetSeries } from "./preset.ts";

/** The fields that say by themselves whose pods are meant, so that the service need not be matched too. */
const pinning: readonly CohortField[] = ["workload", "service", "hash", "selector"];

/** What picks a cohort out of a preset's series. */
export interface CohortMatchers {
  /** The same for both cohorts: reporter, namespace, service. */
  readonly common: readonly Matcher[];
  /** What tells this cohort from the other one. */
  readonly own: readonly Matcher[];
}

/**
 * A cohort as matchers on the labels of `series`. Fields given together all hold.
 *
 * @throws CoalmineError invalid-spec if its raw selector cannot be read.
 */
export function cohortMatchers(
  series: PresetSeries,
  service: string,
  cohort: CohortSpec,
  other: CohortSpec | null,
): CohortMatchers {
  const pinned = pinning.some((field) => cohort[field] !== undefined);
  const named = (["version", "workload", "service"] as const).flatMap((field) => {
    const value = cohort[field];
    // Beside a hash, the workload is the first part of the pods' names.
    if (value === undefined || (field === "workload" && cohort.hash !== undefined)) return [];
    return series.fields[field]?.(value, other) ?? [];
  });
  const raw = cohort.selector === undefined ? [] : parseMatchers(cohort.selector);
  return {
    common: pinned ? series.base : [...series.base, ...series.service],
    own: [...named, ...hashMatchers(series, service, cohort), ...raw],
  };
}

function hashMatchers({ podLabel }: PresetSeries, service: string, cohort: CohortSpec): readonly Matcher[] {
  const { hash, hashLabel, workload = service } = cohort;
  if (hash === undefined) return [];
  if (hashLabel !== undefined) return [equals(hashLabel, hash)];
  const generated = `${workload}-${hash}-`.slice(0, longestGeneratedPrefix);
  return podLabel === null ? [] : [matches(podLabel, `${literal(generated)}.*`)];
}

/** Kubernetes cuts a generated name there before it adds five letters (apiserver, storage/names): a pod of a long workload loses the end of its hash. */
const longestGeneratedPrefix = 58;
