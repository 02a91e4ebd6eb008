// The label that tells a classic histogram's buckets apart.
import type { Series } from "../ports.ts";

/** A series' `le` as a number, so that `5`, `5.0` and `5e+00` are one; NaN if it has none that is a number. */
export function parseLe(series: Series): number {
  const le = series.labels["le"];
  if (le === undefined || le.trim() === "") return Number.NaN;
  return /^\+?inf$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le);
}

/** One text for the buckets of one histogram: equal for label sets that are equal but for `le`, in whatever order. */
export function histogramKey(labels: Series["labels"]): string {
  let key = "";
  let previous = "";
  for (const name in labels) {
    if (name < previous) return sortedKey(labels);
    previous = name;
    if (name !== "le") key += `${name}\n${labels[name]}\n`;
  }
  return key;
}

/** Whether two label sets are equal but for `le`: {@link histogramKey} without making texts. */
export function isSameHistogram(a: Series["labels"], b: Series["labels"]): boolean {
  let names = 0;
  for (const name in a) {
    if (name !== "le" && a[name] !== b[name]) return false;
    names++;
  }
  for (const _ in b) names--;
  return names === 0;
}

function sortedKey(labels: Series["labels"]): string {
  const names = Object.keys(labels).sort();
  return names.map((name) => (name === "le" ? "" : `${name}\n${labels[name]}\n`)).join("");
}
