import type { FunctionName, PredicateName } from "./function-names.ts";
import type { BinaryOperator, UnaryOperator } from "./operators.ts";

/**
 * A condition as it was written. `at` is where the construct stands in the
 * text, `depth` how many constructs are nested in it, itself included.
 */
export type Node = {
  readonly at: number;
  readonly depth: number;
} & (
  | { readonly kind: "literal"; readonly value: null | boolean | number | bigint | string }
  | { readonly kind: "result" }
  /** `#`, or what a leading `.name` in a predicate stands on: the element that the innermost predicate looks at. */
  | { readonly kind: "element" }
  | { readonly kind: "array"; readonly elements: readonly Node[] }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Node }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
      /** `a not in b` and its like. */
      readonly negated: boolean;
    }
  | { readonly kind: "choice"; readonly test: Node; readonly then: Node; readonly otherwise: Node }
  /** `base.a?.b`: one `?.` that meets nil ends the whole path with nil. */
  | { readonly kind: "path"; readonly base: Node; readonly steps: readonly PathStep[] }
  | { readonly kind: "index"; readonly base: Node; readonly index: Node }
  | { readonly kind: "call"; readonly name: FunctionName; readonly operands: readonly Node[] }
  | {
      readonly kind: "predicate";
      readonly name: PredicateName;
      readonly list: Node;
      readonly body: Node;
      /** Characters of the body: what one turn of it costs. */
      readonly length: number;
    }
);

export interface PathStep {
  readonly name: string;
  readonly optional: boolean;
}
