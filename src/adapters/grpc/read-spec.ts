import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import { parseSpec } from "../../analysis/spec/parse-spec.ts";
import { readSpecText } from "../../analysis/spec/read-spec-text.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import type { StartRequest } from "./messages.ts";
import { refusedRequest } from "./refused-request.ts";
import { readStruct } from "./struct.ts";

/** The two forms that a request may have a spec in. */
export type SpecForm = Pick<StartRequest, "spec" | "specText">;

/** The same as for a spec that is text: nobody means to send more. */
const maxDocumentLength = 256 * 1024;

/**
 * The spec of a request.
 *
 * @throws CoalmineError invalid-spec with every problem and its path in the
 *   spec; invalid-request without a spec; too-large over 256 KiB.
 */
export function readSpec(form: SpecForm): AnalysisSpec {
  return parseSpec(documentOf(form));
}

function documentOf({ spec, specText }: SpecForm): unknown {
  if (specText != null) return readSpecText(specText);
  if (spec == null) {
    throw refusedRequest([
      { path: "spec", message: "is missing; give it as a document, or its text as spec_text" },
    ]);
  }
  const document = readStruct(spec);
  const { length } = JSON.stringify(document);
  if (length <= maxDocumentLength) return document;
  throw new CoalmineError(
    "too-large",
    `a spec of ${length} characters is over the limit of ${maxDocumentLength}`,
  );
}

/** A spec that was read within a request, or its problems with their path there. */
export type ReadSpec =
  | { readonly kind: "spec"; readonly spec: AnalysisSpec }
  | { readonly kind: "problems"; readonly error: CoalmineError; readonly problems: readonly Problem[] };

/** Reads the spec where there is more to be read beside it: what is wrong with it is a value. @throws CoalmineError too-large */
export function readSpecWithin(form: SpecForm): ReadSpec {
  try {
    return { kind: "spec", spec: readSpec(form) };
  } catch (thrown) {
    const error = CoalmineError.from(thrown);
    if (error.code === "invalid-request") return { kind: "problems", error, problems: error.problems };
    if (error.code !== "invalid-spec") throw error;
    const problems = error.problems.map(({ path, message }) => ({
      path: path === "" ? "spec" : `spec.${path}`,
      message,
    }));
    return { kind: "problems", error, problems };
  }
}
