import * as z from "zod";
import { suggestion } from "./nearest-word.ts";
import { shownWord } from "./reading.ts";
import { expected } from "./scalar-schemas.ts";

/** A document of nothing but unknown keys must not take a second to compare with the known ones. */
const mostSuggestions = 50;

/** A map of a spec. A key that is not in `shape` is an error that names the nearest one that is; see zod-problems.ts. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, wanted = "a map of keys to values") {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return expected(wanted, issue.input);
      // One line a key: zod tells all of them in one issue, and each becomes a problem of its own.
      return issue.keys
        .slice(0, mostSuggestions)
        .map((key) => `unknown key \`${shownWord(key)}\`; ${suggestion(key, known)}`)
        .join("\n");
    },
  });
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, {
    error: (issue) => {
      const hint = typeof issue.input === "string" ? `; ${suggestion(issue.input, words)}` : "";
      return `${expected(`one of ${words.join(", ")}`, issue.input)}${hint}`;
    },
  });
}
