/** The specs that the settings name, checked as far as they can be without a Canary. */
import * as z from "zod";
import {
  completeDocument,
  isDocument,
  type SpecDocument,
} from "../../adapters/flagger/spec/choose-spec-defaults.ts";
import { isObjectName } from "../../adapters/flagger/spec/choose-spec-values.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { problemsOf } from "../../analysis/spec/problems-of.ts";
import type { Problem } from "../../base/errors.ts";

const nameWanted = "expected lower case letters, digits, `-` and `.` as the name of a spec, at most 253";

/** Stands in for what a Canary says of itself. */
const someCanary = { namespace: "namespace", name: "service" };

/** What is wrong with a document whatever Canary names it. */
export function documentProblems(document: unknown): readonly Problem[] {
  if (!isDocument(document)) return [{ path: "", message: "expected a map of keys to values" }];
  return problemsOf("", () => parseSpec(completeDocument(document, someCanary, null)));
}

/** The key `specs` of the settings: documents by their names. */
export const namedSpecsSettings = z
  .record(z.string(), z.unknown(), { error: "expected a map of names to specs" })
  .transform((specs, context): Readonly<Record<string, SpecDocument>> => {
    const problems = Object.entries(specs).flatMap(([name, document]) =>
      isObjectName(name)
        ? documentProblems(document).map(({ path, message }) => ({ path: [name, ...parts(path)], message }))
        : [{ path: [name.slice(0, 60)], message: nameWanted }],
    );
    for (const { path, message } of problems) context.addIssue({ code: "custom", path, message });
    if (problems.length > 0) return z.NEVER;
    return Object.fromEntries(
      Object.entries(specs).flatMap(([name, document]) => (isDocument(document) ? [[name, document]] : [])),
    );
  });

function parts(path: string): readonly string[] {
  return path === "" ? [] : path.split(".");
}
