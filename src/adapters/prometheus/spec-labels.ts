/** The labels of a query that start an analysis: the words of a spec in snake case, and the two that are this endpoint's own. */
import { metricWords, specWords, type WordForm } from "../../analysis/spec/words/spec-words.ts";

/** A whole spec as JSON, in place of all the others. */
export const wholeSpecLabel = "spec_json";

/** How old the verdict of a query without a key may be. */
export const maxAgeLabel = "max_age";

/** How words are written as labels. */
export const labelForm: WordForm = {
  spell: (word) => word.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
  spellCohort: (cohort) => `${cohort}_*`,
  wholeSpec: wholeSpecLabel,
};

/** The word of a spec that each label is. */
export const wordByLabel: ReadonlyMap<string, string> = new Map(
  [...specWords.keys(), ...metricWords].map((word) => [labelForm.spell(word), word]),
);

/** Labels that describe an analysis as well as a spec: by themselves they only select. */
const describing: ReadonlySet<string> = new Set(["service", "namespace"]);

/** The labels that make a query start an analysis. */
export const startingLabels: ReadonlySet<string> = new Set(
  [...wordByLabel.keys(), wholeSpecLabel, maxAgeLabel].filter((label) => !describing.has(label)),
);
