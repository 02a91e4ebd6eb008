import { type LabelTest, labelTest, type Matcher } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";

/**
 * The matchers of a query as one test.
 *
 * @throws CoalmineError invalid-request for a pattern that is none.
 */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  return labelTest(
    matchers,
    (label, why, cause) =>
      new CoalmineError("invalid-request", `the pattern of ${label} cannot be read: ${why}`, { cause }),
  );
}
