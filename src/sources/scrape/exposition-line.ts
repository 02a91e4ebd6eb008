/** Reads one line of either exposition format. */
import { parseFloatText } from "./float-text.ts";
import { readLabelBlock } from "./label-block.ts";
import { LineCursor } from "./line-cursor.ts";

/** Prometheus text 0.0.4, or OpenMetrics 1.0 text. */
export type ExpositionFormat = "prometheus" | "openmetrics";

/** What one line says; `none` is a comment, a HELP or UNIT, or a blank line. */
export type ExpositionLine =
  | { readonly kind: "none" }
  | { readonly kind: "type"; readonly family: string; readonly type: string }
  | { readonly kind: "end" }
  | {
      readonly kind: "sample";
      readonly name: string;
      readonly labels: ReadonlyMap<string, string>;
      readonly value: number;
      /** Milliseconds since the epoch. */
      readonly time: number | null;
    };

/**
 * One line, without its line feed.
 *
 * Syntax is what Prometheus' own lexers take (promlex.l and openmetricslex.l in
 * its model/textparse), quoted UTF-8 names included, with three differences:
 * labels must be parted by commas, a label must not come twice, and names of
 * labels that begin with `__` are reserved as the data model says.
 *
 * @throws SyntaxError saying what was wanted and met.
 */
export function readExpositionLine(
  line: string,
  format: ExpositionFormat,
  maxLabels: number,
): ExpositionLine {
  const cursor = new LineCursor(line, format === "prometheus");
  cursor.skipBlanks();
  if (cursor.isAtEnd && format === "prometheus") return { kind: "none" };
  if (cursor.peek() === "#") return readComment(cursor, format);
  return readSample(cursor, format, maxLabels);
}

const metricTypes: Record<ExpositionFormat, readonly string[]> = {
  prometheus: ["counter", "gauge", "histogram", "summary", "untyped"],
  openmetrics: ["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"],
};

function readComment(cursor: LineCursor, format: ExpositionFormat): ExpositionLine {
  if (format === "openmetrics" && cursor.startsWith("# EOF")) {
    cursor.take("# EOF");
    cursor.requireEnd();
    return { kind: "end" };
  }
  const keyword = cursor.keyword();
  if (keyword === "TYPE") return readType(cursor, format);
  if (format === "openmetrics" && keyword === null) {
    throw new SyntaxError("a comment that is no TYPE, HELP, UNIT or EOF");
  }
  return { kind: "none" };
}

function readType(cursor: LineCursor, format: ExpositionFormat): ExpositionLine {
  const family = cursor.peek() === '"' ? cursor.quoted() : cursor.metricName();
  if (family === null) throw new SyntaxError(`wanted the name of a metric, met ${cursor.met()}`);
  cursor.separate();
  const type = cursor.word() ?? "";
  if (!metricTypes[format].includes(type)) throw new SyntaxError(`no type of metric: ${shown(type)}`);
  cursor.requireEnd();
  return { kind: "type", family, type };
}

function readSample(cursor: LineCursor, format: ExpositionFormat, maxLabels: number): ExpositionLine {
  const bareName = cursor.metricName();
  cursor.skipBlanks();
  const block = cursor.take("{") ? readLabelBlock(cursor, maxLabels) : { name: null, labels: new Map() };
  if (bareName !== null && block.name !== null) throw new SyntaxError("the metric is named twice");
  const name = bareName ?? block.name;
  if (name === null) throw new SyntaxError(`wanted the name of a metric, met ${cursor.met()}`);

  const value = readNumber(cursor, "a value");
  cursor.skipBlanks();
  const time = readTime(cursor, format);
  if (format === "openmetrics" && cursor.take(" # {")) {
    if (readLabelBlock(cursor, maxLabels).name !== null) throw new SyntaxError("an exemplar has no name");
    readNumber(cursor, "the value of the exemplar");
    readTime(cursor, format);
  }
  cursor.skipBlanks();
  cursor.requireEnd();
  return { kind: "sample", name, labels: block.labels, value, time };
}

function readNumber(cursor: LineCursor, what: string): number {
  cursor.separate();
  const text = cursor.word();
  const value = text === null ? null : parseFloatText(text);
  if (value === null)
    throw new SyntaxError(`wanted ${what}, met ${text === null ? cursor.met() : shown(text)}`);
  return value;
}

/** Text 0.0.4 has whole milliseconds, OpenMetrics seconds. */
function readTime(cursor: LineCursor, format: ExpositionFormat): number | null {
  if (cursor.isAtEnd || cursor.startsWith(" #")) return null;
  if (format === "openmetrics") {
    const seconds = readNumber(cursor, "a timestamp");
    const time = Math.trunc(seconds * 1_000);
    if (!Number.isSafeInteger(time)) throw new SyntaxError(`a timestamp of ${seconds}`);
    return time;
  }
  const text = cursor.word() ?? "";
  const time = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(time)) {
    throw new SyntaxError(`wanted a timestamp in milliseconds, met ${shown(text)}`);
  }
  return time;
}

/** A word of the line in a message: a line may be tens of thousands of characters. */
function shown(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 39)}…`);
}
