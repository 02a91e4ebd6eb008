/** Reads what stands between the braces of a sample or an exemplar. */
import type { LineCursor } from "./line-cursor.ts";

/** Labels, and the name of the metric where it stands quoted among them: `{"my.metric",a="b"}`. */
export interface LabelBlock {
  readonly name: string | null;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * The block whose opening brace was just passed, up to and past its closing one.
 *
 * @throws SyntaxError if it is malformed, holds a label twice, more labels than
 *   `maxLabels`, or a name that begins with `__`, which the data model reserves.
 */
export function readLabelBlock(cursor: LineCursor, maxLabels: number): LabelBlock {
  const labels = new Map<string, string>();
  let name: string | null = null;
  for (;;) {
    cursor.skipBlanks();
    if (cursor.take("}")) return { name, labels };
    const { key, value } = readEntry(cursor);
    if (value !== null) addLabel(labels, key, value, maxLabels);
    else if (name === null && key !== "") name = key;
    else throw new SyntaxError("the name of the metric is empty or comes twice");
    cursor.skipBlanks();
    if (!cursor.take(",") && cursor.peek() !== "}") {
      throw new SyntaxError(`wanted "," or "}", met ${cursor.met()}`);
    }
  }
}

/** A label with its value, or a quoted name that has none. */
function readEntry(cursor: LineCursor): { readonly key: string; readonly value: string | null } {
  const isQuoted = cursor.peek() === '"';
  const key = isQuoted ? cursor.quoted() : cursor.labelName();
  cursor.skipBlanks();
  if (isQuoted && cursor.peek() !== "=") return { key, value: null };
  cursor.require("=");
  cursor.skipBlanks();
  return { key, value: cursor.quoted() };
}

function addLabel(labels: Map<string, string>, label: string, value: string, maxLabels: number): void {
  if (label === "" || label.startsWith("__")) {
    throw new SyntaxError(`no name for a label: ${JSON.stringify(label.slice(0, 100))}`);
  }
  if (labels.has(label))
    throw new SyntaxError(`the label ${label.slice(0, 100).replaceAll(/\p{C}/gu, " ")} comes twice`);
  if (labels.size === maxLabels) throw new SyntaxError(`over ${maxLabels} labels`);
  labels.set(label, value);
}
