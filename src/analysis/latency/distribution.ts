import type { Distribution } from "../observation.ts";

/**
 * Histograms of several sources or looks as one, at the boundaries that all of
 * them have; one that has no boundary yet is left out.
 */
export function sumDistributions(all: readonly Distribution[]): Distribution {
  const known = all.filter(({ bounds }) => bounds.length > 0);
  const [first, ...others] = known;
  if (first === undefined) return { form: "classic", bounds: [], baseline: { total: 0, bad: [] } };
  const bounds = first.bounds.filter((bound) => others.every((other) => other.bounds.includes(bound)));
  const at = ({ bounds: own, baseline }: Distribution, bound: number) =>
    baseline.bad[own.indexOf(bound)] ?? 0;
  return {
    form: first.form,
    bounds,
    baseline: {
      total: known.reduce((sum, { baseline }) => sum + baseline.total, 0),
      bad: bounds.map((bound) => known.reduce((sum, one) => sum + at(one, bound), 0)),
    },
  };
}
