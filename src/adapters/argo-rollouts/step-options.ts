/** What a step's configuration holds beside the spec. */
import type * as z from "zod";
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import { span } from "../../analysis/spec/scalar-schemas.ts";
import { section, word } from "../../analysis/spec/section.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import { safeParse } from "../../base/safe-parse.ts";
import type { SpecDocument } from "./configuration.ts";

const schema = section({
  /** A step cannot pause a Rollout: what an inconclusive analysis does instead. */
  onInconclusive: word(["rollback", "hold", "promote"]).prefault("rollback"),
  /** How long `hold` waits for somebody to promote or abort, before it rolls back. */
  holdTimeout: span.prefault("1h"),
});

export type StepOptions = Readonly<z.output<typeof schema>>;

/** Shorter than a Rollout's default progress deadline of 10 minutes, after which the controller forgets the step. */
const defaultDuration = "8m";

/**
 * The step's own keys, and the rest: the spec.
 *
 * @throws CoalmineError invalid-spec for a value that cannot be read.
 */
export function readStepOptions(configuration: SpecDocument): {
  readonly options: StepOptions;
  readonly document: SpecDocument;
} {
  const { onInconclusive, holdTimeout, ...document } = configuration;
  const read = safeParse(schema, { onInconclusive, holdTimeout });
  if (!read.success) throw invalidSpec(zodProblems(read.error.issues));
  return { options: read.data, document: { duration: defaultDuration, ...document } };
}
