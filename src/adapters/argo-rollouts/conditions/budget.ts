import { CoalmineError } from "../../../base/errors.ts";
import { maxSteps } from "./limits.ts";

/**
 * What one evaluation may still do. A turn of a closure costs the length of its
 * text, a list its elements, a text its characters, so that nested closures over
 * a large result end in an error and not in a controller that hangs.
 */
export class Budget {
  #left = maxSteps;

  /** A look at each character of texts: they are read many to a step. */
  spendOnText(...texts: readonly string[]): void {
    this.spend(texts.reduce((length, text) => length + text.length, 16) / 16);
  }

  /** @throws CoalmineError invalid-spec when more was spent than there is. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new CoalmineError(
        "invalid-spec",
        `the condition takes more than ${maxSteps} steps on this result`,
      );
    }
  }
}
