import type { WordForm } from "../../../../src/analysis/spec/words/spec-words.ts";

/** Words written as the spec has them. */
export const plainForm: WordForm = {
  spell: (word) => word,
  spellCohort: (cohort) => `${cohort}…`,
  wholeSpec: "a document",
};
