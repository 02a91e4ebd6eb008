import { Lexer, LineCounter, parseAllDocuments } from "yaml";
import { CoalmineError, messageOf, type Problem } from "../../base/errors.ts";
import { invalidSpec } from "./problems-of.ts";

/** A spec takes a few kilobytes; a reader that accepts more is a way to keep a server busy. */
const maxBytes = 256 * 1024;

/** How many nodes aliases may unfold to: enough for an anchor used here and there, not for a bomb. */
const maxAliasCount = 50;

/**
 * How many words and marks a text may be made of: fifty metrics with all their
 * keys take some 6,000. The parser may take twenty microseconds over each that is
 * wrong, so the bytes alone would let one text take seconds.
 */
const maxTokens = 20_000;

/** How deep brackets may nest before the text is handed to a recursive parser. */
const maxFlowDepth = 64;

/**
 * Reads the text of a spec, YAML or JSON, as plain data for parseSpec.
 *
 * One document; repeated keys and unknown tags are errors, and so is a text
 * over 256 KiB or of more than 20,000 words and marks (`too-large`).
 *
 * @throws CoalmineError too-large, or invalid-spec with the line of every problem.
 */
export function readSpecText(text: string): unknown {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxBytes)
    throw new CoalmineError("too-large", `a spec of ${bytes} bytes is over the limit of ${maxBytes}`);
  refuseDeepNesting(text);
  refuseManyTokens(text);
  const lines = new LineCounter();
  const documents = parse(text, lines);
  const [document, second] = documents;
  if (document === undefined) throw invalidSpec([{ path: "", message: "the spec is empty" }]);
  if (second !== undefined) {
    throw invalidSpec([
      { path: "", message: `expected one document, got ${documents.length}; split them at ---` },
    ]);
  }
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: "", message: `line ${line}, column ${col}: ${plain(message)}` };
  });
  if (problems.length > 0) throw invalidSpec(problems);
  const data = guarded(() => document.toJS({ maxAliasCount }));
  if (data === null || data === undefined) throw invalidSpec([{ path: "", message: "the spec is empty" }]);
  return data;
}

function parse(text: string, lineCounter: LineCounter) {
  const documents = guarded(() =>
    parseAllDocuments(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: true,
      stringKeys: true,
    }),
  );
  return Array.isArray(documents) ? documents : [];
}

/** The parser is recursive, and tells of a block that nests too deep in its own way. */
function plain(message: string): string {
  return message.startsWith("Maximum call stack") ? "the YAML nests too deep" : message;
}

/** What the parser throws for hostile input, too many aliases or too deep a nesting, as a problem of the spec. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = plain(messageOf(cause));
    throw invalidSpec([{ path: "", message }], cause);
  }
}

/** Counts brackets without regard to strings: a spec has no use for 64 open ones in either. */
function refuseDeepNesting(text: string): void {
  let depth = 0;
  for (const char of text) {
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    if (depth > maxFlowDepth)
      throw invalidSpec([{ path: "", message: `the YAML nests deeper than ${maxFlowDepth}` }]);
  }
}

function refuseManyTokens(text: string): void {
  const tokens = new Lexer().lex(text);
  for (let count = 0; tokens.next().done !== true; count++) {
    if (count >= maxTokens)
      throw new CoalmineError(
        "too-large",
        `a spec of more than ${maxTokens} words and marks is over the limit`,
      );
  }
}
