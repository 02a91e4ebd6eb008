/** Decides which series a selector keeps, as PromQL does. */
import { type LabelTest, labelTest, type Selector } from "../../analysis/selector.ts";
import { CoalmineError } from "../../base/errors.ts";

/**
 * The selector's matchers as one test; the name of the metric is left to the
 * caller.
 *
 * @throws CoalmineError query-rejected for a pattern that is none or too long.
 */
export function compileMatchers({ matchers }: Selector): LabelTest {
  return labelTest(
    matchers,
    (label, why, cause) =>
      new CoalmineError("query-rejected", `matcher of label ${label}: ${why}`, { cause }),
  );
}
