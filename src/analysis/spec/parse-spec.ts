import type { Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";
import { checkSpec } from "./check-spec.ts";
import { completeSpec } from "./complete-spec.ts";
import type { AnalysisSpec } from "./model.ts";
import { invalidSpec } from "./problems-of.ts";
import { type SpecInput, specSchema } from "./spec-schema.ts";
import { zodProblems } from "./zod-problems.ts";

/** Stands in for keys that cannot be read, so that the others are checked all the same. */
const standIn = {
  service: "stand-in",
  namespace: "stand-in",
  telemetry: "istio",
  cohorts: { canary: { version: "v2" }, baseline: { version: "v1" } },
};

/**
 * Reads a spec from untrusted input (what {@link readSpecText} made of a file,
 * or a request's body) and fills in every default. Nothing past this function
 * sees a spec that has not been through it.
 *
 * A key that is not known is an error: a misspelt `limit` that fell back to a
 * default would judge the wrong thing and say nothing.
 *
 * @throws CoalmineError invalid-spec with every problem and its path, those
 *   between keys included as far as the keys themselves can be read.
 */
export function parseSpec(input: unknown): AnalysisSpec {
  const parsed = safeParse(specSchema, input);
  if (parsed.success) {
    const spec = completeSpec(parsed.data);
    const problems = checkSpec(spec, new Set());
    if (problems.length > 0) throw invalidSpec(problems);
    return spec;
  }
  const problems = zodProblems(parsed.error.issues);
  throw invalidSpec([...problems, ...furtherProblems(input, problems)]);
}

/** What is wrong between the keys that can be read. */
function furtherProblems(input: unknown, problems: readonly Problem[]): Problem[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return [];
  const unreadable = new Set(problems.map(({ path }) => path.split(".", 1).join()));
  const readable = Object.entries(input).filter(([key]) => !unreadable.has(key));
  const rest: SpecInput | undefined = safeParse(specSchema, {
    ...standIn,
    ...Object.fromEntries(readable),
  }).data;
  // An unknown key may be a misspelt one: then a check would take its default for what was meant.
  const misspelt = [...unreadable].some((key) => !Object.hasOwn(specSchema.shape, key));
  return rest === undefined || misspelt ? [] : checkSpec(completeSpec(rest), unreadable);
}
