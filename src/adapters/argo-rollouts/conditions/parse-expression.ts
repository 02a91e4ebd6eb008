import { conditionFault, notSupported } from "./condition-fault.ts";
import { functionArity, isFunctionName, isPredicateName, type PredicateName } from "./function-names.ts";
import { maxDepth } from "./limits.ts";
import {
  type BinaryOperator,
  binaryOperators,
  isBinaryOperator,
  isUnaryOperator,
  negatableOperators,
  orderOperators,
  unaryOperators,
  wordOperators,
} from "./operators.ts";
import type { Node, PathStep } from "./syntax.ts";
import { type Token, tokensOf } from "./tokens.ts";
import { unexpectedToken, unknownFunction, unknownName } from "./unsupported.ts";

/**
 * Reads the text of a condition by this grammar, the part of expr 1.15.5
 * (antonmedv/expr, parser/parser.go) that conditions need:
 *
 * ```ebnf
 * condition  = expression END ;
 * expression = operation [ "?" expression ":" expression ] ;
 * operation  = operand { ["not"] BINARY operand } ;        (* binds as binaryOperators says *)
 * operand    = UNARY operation postfix                     (* as unaryOperators says *)
 *            | "(" expression ")" postfix
 *            | "#" postfix | step postfix                  (* in a predicate: the element, and a field of it *)
 *            | NUMBER | STRING | "true" | "false" | "nil"
 *            | "result" postfix
 *            | FUNCTION "(" [ expression { "," expression } ] ")" postfix
 *            | PREDICATE "(" expression "," ( "{" expression "}" | expression ) ")" postfix
 *            | "[" [ expression { "," expression } [","] ] "]" postfix ;
 * postfix    = { step | "[" expression "]" } ;
 * step       = ( "." | "?." ) NAME ;
 * ```
 *
 * A literal takes no postfix, and brackets around a path do not end it, both as
 * in expr. What the two versions of expr that Argo Rollouts has used (1.15 up to
 * v1.9, 1.17 after) read differently is refused.
 *
 * @throws CoalmineError invalid-spec that says where, what, and what to write.
 */
export function parseExpression(text: string): Node {
  const parser = new Parser(tokensOf(text));
  return parser.condition();
}

type WithoutPlace<N> = N extends unknown ? Omit<N, "at" | "depth"> : never;

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;
  /** How many predicates we are in: `#` needs one. */
  #predicates = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  condition(): Node {
    const root = this.#expression();
    if (this.#current.kind !== "end") throw unexpectedToken(this.#current);
    return root;
  }

  #expression(): Node {
    const { at } = this.#current;
    const test = this.#operation(0);
    if (!this.#take("?")) return test;
    if (this.#is(":")) throw notSupported(this.#current.at, "`?:`", "write `a ? a : b`");
    const then = this.#expression();
    this.#expect(":");
    const otherwise = this.#expression();
    return this.#node(at, { kind: "choice", test, then, otherwise }, [test, then, otherwise]);
  }

  /** An operand, and every operator after it that binds at least as tightly as `least`. */
  #operation(least: number): Node {
    this.#nesting++;
    if (this.#nesting > maxDepth) throw this.#tooDeep(this.#current.at);
    let left = this.#operand();
    let previous: BinaryOperator | null = null;
    for (;;) {
      const operator = this.#binaryOperator(least);
      if (operator === null) break;
      const { at } = this.#current;
      if (previous === "??" && operator.text !== "??") {
        throw conditionFault(at, `put the part with ?? before ${operator.text} in parentheses`);
      }
      this.#next++;
      const power = operator.text === "**" || operator.text === "^";
      const right = this.#operation(binaryOperators[operator.text] + (power ? 0 : 1));
      refuseAmbiguous(at, operator.text, left, right);
      left = this.#node(
        at,
        { kind: "binary", operator: operator.text, left, right, negated: operator.negated },
        [left, right],
      );
      previous = operator.text;
    }
    this.#nesting--;
    return left;
  }

  /** The operator that is next, if it binds at least as tightly as `least`; a `not` before it is taken. */
  #binaryOperator(least: number): { readonly text: BinaryOperator; readonly negated: boolean } | null {
    const negated = this.#is("not");
    const token = negated ? this.#tokens[this.#next + 1] : this.#current;
    if (token?.kind !== "symbol" || !isBinaryOperator(token.text)) return null;
    const binds = binaryOperators[token.text] >= least;
    if (!negated) return binds ? { text: token.text, negated } : null;
    if (!negatableOperators.has(token.text)) {
      throw notSupported(this.#current.at, `\`not\` before \`${token.text}\``, "write not (a …)");
    }
    // expr 1.15 and 1.17 both lose the `not` of `1 + a not in b`.
    if (!binds) throw conditionFault(this.#current.at, "put what stands before this `not` in parentheses");
    this.#next++;
    return { text: token.text, negated };
  }

  #operand(): Node {
    const token = this.#current;
    if (token.kind === "number" || token.kind === "string") {
      this.#next++;
      return this.#node(token.at, { kind: "literal", value: token.value }, []);
    }
    if (token.kind === "name") return this.#named(token.at, token.text);
    if (token.kind === "end") throw unexpectedToken(token);
    if (isUnaryOperator(token.text)) {
      this.#next++;
      const operand = this.#operation(unaryOperators[token.text]);
      return this.#postfix(this.#node(token.at, { kind: "unary", operator: token.text, operand }, [operand]));
    }
    if (this.#take("(")) {
      const inner = this.#expression();
      this.#expect(")");
      return this.#postfix(inner);
    }
    if (token.text === "#" || token.text === ".") return this.#element(token.at);
    if (this.#take("[")) return this.#postfix(this.#array(token.at));
    throw unexpectedToken(token);
  }

  #element(at: number): Node {
    if (this.#predicates === 0) {
      throw conditionFault(
        at,
        "`#` and a leading `.` stand for an element, inside all(list, # > 1) and its like",
      );
    }
    if (this.#take("#") && this.#current.kind === "name") {
      throw notSupported(at, `\`#${this.#current.text}\``, "use # alone");
    }
    return this.#postfix(this.#node(at, { kind: "element" }, []));
  }

  #named(at: number, name: string): Node {
    this.#next++;
    if (name === "true" || name === "false")
      return this.#node(at, { kind: "literal", value: name === "true" }, []);
    if (name === "nil") return this.#node(at, { kind: "literal", value: null }, []);
    if (this.#is("(")) return this.#postfix(this.#call(at, name));
    if (name !== "result") throw unknownName(at, name);
    return this.#postfix(this.#node(at, { kind: "result" }, []));
  }

  #call(at: number, name: string): Node {
    if (isPredicateName(name)) return this.#predicate(at, name);
    if (!isFunctionName(name)) throw unknownFunction(at, name);
    this.#expect("(");
    const operands: Node[] = [];
    while (!this.#is(")")) {
      if (operands.length > 0) this.#expect(",");
      operands.push(this.#expression());
    }
    this.#expect(")");
    const [least, most] = functionArity[name];
    if (operands.length < least || operands.length > most) {
      const wanted = least === most ? `${least}` : `at least ${least}`;
      throw conditionFault(
        at,
        `${name} takes ${wanted} argument${wanted === "1" ? "" : "s"}, got ${operands.length}`,
      );
    }
    return this.#node(at, { kind: "call", name, operands }, operands);
  }

  #predicate(at: number, name: PredicateName): Node {
    this.#expect("(");
    const list = this.#expression();
    this.#expect(",");
    const start = this.#current.at;
    const braced = this.#take("{");
    this.#predicates++;
    const body = this.#expression();
    this.#predicates--;
    if (braced) this.#expect("}");
    const length = this.#current.at - start;
    this.#expect(")");
    return this.#node(at, { kind: "predicate", name, list, body, length }, [list, body]);
  }

  #array(at: number): Node {
    const elements: Node[] = [];
    while (!this.#is("]")) {
      if (elements.length > 0) {
        this.#expect(",");
        if (this.#is("]")) break;
      }
      elements.push(this.#expression());
    }
    this.#expect("]");
    return this.#node(at, { kind: "array", elements }, elements);
  }

  #postfix(operand: Node): Node {
    let node = operand;
    for (;;) {
      const { at } = this.#current;
      if (this.#is(".") || this.#is("?.")) node = this.#path(at, node);
      else if (this.#take("[")) node = this.#index(at, node);
      else return node;
    }
  }

  #path(at: number, base: Node): Node {
    const optional = this.#is("?.");
    this.#next++;
    const token = this.#current;
    if (optional && this.#is("[")) throw notSupported(at, "`?.[`", "use an index in brackets, or `?.name`");
    const isName = token.kind === "name" || (token.kind === "symbol" && wordOperators.has(token.text));
    if (!isName) throw conditionFault(token.at, `expected a name after the dot, such as result.verdict`);
    this.#next++;
    if (this.#is("(")) throw notSupported(token.at, `a method (\`.${token.text}()\`)`, "results have none");
    const step: PathStep = { name: token.text, optional };
    if (base.kind !== "path") return this.#node(at, { kind: "path", base, steps: [step] }, [base]);
    return { ...base, at, steps: [...base.steps, step] };
  }

  #index(at: number, base: Node): Node {
    if (this.#is(":")) throw slices(at);
    const index = this.#expression();
    if (this.#is(":")) throw slices(at);
    this.#expect("]");
    return this.#node(at, { kind: "index", base, index }, [base, index]);
  }

  #node(at: number, node: WithoutPlace<Node>, children: readonly Node[]): Node {
    const depth = 1 + children.reduce((most, child) => Math.max(most, child.depth), 0);
    if (depth > maxDepth) throw this.#tooDeep(at);
    return { ...node, at, depth };
  }

  #tooDeep(at: number): Error {
    return conditionFault(at, `the condition nests more than ${maxDepth} deep: write it in fewer steps`);
  }

  get #current(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw new RangeError("no tokens, want at least the end");
    return token;
  }

  #is(symbol: string): boolean {
    const token = this.#current;
    return token.kind === "symbol" && token.text === symbol;
  }

  #take(symbol: string): boolean {
    const there = this.#is(symbol);
    if (there) this.#next++;
    return there;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw unexpectedToken(this.#current, symbol);
  }
}

/** What expr 1.15 and 1.17 give different answers to. */
function refuseAmbiguous(at: number, operator: BinaryOperator, left: Node, right: Node): void {
  if (orderOperators.has(operator) && left.kind === "binary" && orderOperators.has(left.operator)) {
    throw notSupported(at, "a chain of comparisons", "write `0.1 < result && result < 1`");
  }
  if ((operator === "==" || operator === "!=") && (left.kind === "array" || right.kind === "array")) {
    throw notSupported(at, `\`${operator}\` on a list`, "compare its elements, or use len, all, any");
  }
}

function slices(at: number): Error {
  return notSupported(at, "a slice (`[from:to]`)", "take elements by their index, or filter");
}
