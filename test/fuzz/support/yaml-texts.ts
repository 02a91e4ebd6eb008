import fc from "fast-check";
import { stringify } from "yaml";

/** Some of the documents as YAML: written once, as writing takes longer than reading. */
export function yamlTexts(documents: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.constantFrom(
    ...fc.sample(documents, { seed: 3, numRuns: 60 }).map((document) => stringify(document)),
  );
}

/** What YAML is made of, to be put in at random places. */
export const yamlPieces = [
  ...["- ", "? ", ": ", "\n", "  ", "\t", "[", "{", "}", "]", ",", "'", '"', "%\n"],
  ...["&a ", "*a", "<<: *a\n", "a: b\n", "# c\n", "---\n", "...\n", ">\n ", "|\n "],
  ...["!!binary ", "!!set ", "!x "],
] as const;
