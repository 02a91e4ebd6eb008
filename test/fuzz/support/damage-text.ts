/** Texts that are right but for a few places. */
import fc from "fast-check";
import { anyText, hostileWords, longText } from "./hostile.ts";

export interface DamagedTextOptions {
  /** What the language is made of: put in at random places. */
  readonly pieces: readonly string[];
  /** How long the reader lets a text be, in UTF-16 units: a few are as long. */
  readonly longest: number;
  /** How many of a hundred stay as they are, 20 unless given: more where several texts must all be right. */
  readonly intact?: number;
}

/** A text after one to four cuts, repeats and insertions; some as they are, some of anything, some as long as may be. */
export function damagedText(
  valid: fc.Arbitrary<string>,
  { pieces, longest, intact = 20 }: DamagedTextOptions,
): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...pieces),
    fc.constantFrom(...hostileWords),
    fc.string({ maxLength: 3 }),
  );
  const edit = fc.tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 6 }), piece);
  const damaged = fc
    .tuple(valid, fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) => edits.reduce(edited, text));
  return fc.oneof(
    { weight: Math.ceil((88 * intact) / (100 - intact)), arbitrary: valid },
    { weight: 60, arbitrary: damaged },
    { weight: 15, arbitrary: fc.array(piece, { maxLength: 12 }).map((some) => some.join("")) },
    { weight: 10, arbitrary: anyText() },
    { weight: 2, arbitrary: longText(longest, pieces) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(valid, longText(longest, pieces))
        .map(([text, long]) => `${text}${long}`.slice(0, longest)),
    },
  );
}

function edited(text: string, [at, length, piece]: readonly [number, number, string]): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + piece + text.slice(from + length);
}
