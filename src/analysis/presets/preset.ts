import type { Matcher } from "../selector.ts";
import type { CohortSpec } from "../spec/model.ts";
import type { BadLabel, Telemetry } from "../telemetry.ts";

/** A way to name a cohort, as the spec has it. `hashLabel` only says how `hash` is meant. */
export type CohortField = Exclude<keyof CohortSpec, "hashLabel">;

/** How a text option is checked: a label's name, a metric's name, an anchored pattern, or any text. */
export type OptionForm = "label" | "metric" | "pattern" | "text";

/** Something a preset lets the user set. */
export interface PresetOption {
  /** One sentence for the docs, with the default. */
  readonly about: string;
  readonly form: OptionForm;
  /** The words it may be; any that fits `form` if left out. */
  readonly values?: readonly string[];
}

/** The part of a spec that a preset looks at. */
export interface Subject {
  readonly service: string;
  readonly namespace: string;
  readonly canary: CohortSpec;
  readonly baseline: CohortSpec | null;
  readonly options: Readonly<Record<string, string>>;
}

/** How one way to name a cohort becomes matchers; `other` is the cohort it must not be confused with. */
export type FieldMatchers = (value: string, other: CohortSpec | null) => readonly Matcher[];

/** The series that a preset stands for, for one subject. */
export interface PresetSeries {
  /** Request counters, one series a status. */
  readonly requests: string;
  readonly bad: readonly BadLabel[];
  /** Base name of the latency histogram, and how many seconds its unit is. */
  readonly histogram: string;
  readonly unitSeconds: number;
  /** Matchers that all series carry: the reporter, the namespace. */
  readonly base: readonly Matcher[];
  /** Matchers for the service, added where a cohort's own fields do not say whose pods are meant. */
  readonly service: readonly Matcher[];
  /** The label of the pod's name, where the scraped pod is the judged one; null: `hash` needs `hashLabel`. */
  readonly podLabel: string | null;
  /** The ways to name a cohort beside `hash` and `selector`, and their matchers. */
  readonly fields: Readonly<Partial<Record<CohortField, FieldMatchers>>>;
  readonly scrapedPod: Telemetry["scrapedPod"];
  readonly podLabels: readonly string[];
}

/** A family of series with known names and labels: what `telemetry` in a spec names. */
export interface Preset {
  /** Its key in the table. */
  readonly name: string;
  /** One sentence for the docs. */
  readonly about: string;
  readonly options: Readonly<Record<string, PresetOption>>;
  /** The ways to name a cohort that it understands; the first is the one to recommend. */
  readonly cohortFields: readonly CohortField[];
  /** Whether its matchers cannot be made without a namespace. */
  readonly needsNamespace: boolean;
  /**
   * Which of a user's own series (ratio, gauge, condition) carry the preset's
   * labels: those whose name starts so. The others get the cohort in the labels
   * of a scraped pod, or none at all where `podSeries` is false.
   */
  readonly prefix: string;
  readonly podSeries: boolean;
  /** The cohorts it knows without being told; null: a spec must name them. */
  cohorts(service: string, options: Readonly<Record<string, string>>): KnownCohorts | null;
  series(subject: Subject): PresetSeries;
}

/** Both cohorts of a service. */
export interface KnownCohorts {
  readonly canary: CohortSpec;
  readonly baseline: CohortSpec;
}

/** For presets of controllers and meshes that leave the names of the cohorts to the user. */
export function noKnownCohorts(): null {
  return null;
}
