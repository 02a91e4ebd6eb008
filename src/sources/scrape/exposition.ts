/** Reads what a metrics endpoint answers: Prometheus text 0.0.4 and OpenMetrics 1.0 text. */
import { CoalmineError } from "../../base/errors.ts";
import { type ExpositionFormat, type ExpositionLine, readExpositionLine } from "./exposition-line.ts";
import { formatOpenMetricsFloat, parseFloatText } from "./float-text.ts";

/** How much one answer may hold. */
export interface ExpositionLimits {
  /** In UTF-16 units, comments included. */
  readonly maxLineLength: number;
  readonly maxLabels: number;
  readonly maxSamples: number;
}

/** One line of an exposition that holds a sample. */
export interface ExposedSample {
  /** Of the answer, from 1. */
  readonly line: number;
  readonly name: string;
  /** Without the name, and without labels whose value is empty: those are the same as absent ones. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** Milliseconds since the epoch, where the target says so itself. */
  readonly time: number | null;
}

/**
 * The samples of one answer, in its order.
 *
 * Every family is flat: `x_bucket`, `x_sum`, `x_count`, `x_total` and OpenMetrics'
 * `x_created` are series like others, as Prometheus stores them. Exemplars are
 * checked and dropped. The labels `le` of histograms and `quantile` of summaries
 * are spelt as Prometheus 3 spells them, {@link formatOpenMetricsFloat}.
 *
 * One bad line condemns the whole answer: half an answer looks like a drop in
 * traffic. So does an answer cut short: text 0.0.4 must end in a line feed,
 * OpenMetrics in `# EOF`.
 *
 * @throws CoalmineError source-unavailable with the line and what is wrong there.
 */
export function parseExposition(
  text: string,
  format: ExpositionFormat,
  limits: ExpositionLimits,
): readonly ExposedSample[] {
  const samples: ExposedSample[] = [];
  const types = new Map<string, string>();
  let isEnded = false;
  let line = 0;
  for (const content of lines(text, format)) {
    line += 1;
    const read = readLine(content, line, format, limits);
    if (isEnded) throw malformed(line, 'nothing may follow "# EOF"');
    if (read.kind === "type") types.set(read.family, read.type);
    else if (read.kind === "end") isEnded = true;
    else if (read.kind === "sample") {
      if (samples.length === limits.maxSamples) throw malformed(line, `over ${limits.maxSamples} samples`);
      const { name, value, time } = read;
      samples.push({ line, name, labels: storedLabels(read, types), value, time });
    }
  }
  if (format === "openmetrics" && !isEnded) throw malformed(line, 'the answer is cut short: no "# EOF"');
  return samples;
}

/** Without their line feeds. */
function* lines(text: string, format: ExpositionFormat): Generator<string> {
  let start = 0;
  for (let line = 1; start < text.length; line += 1) {
    const end = text.indexOf("\n", start);
    if (end === -1) {
      const rest = text.slice(start);
      if (format === "prometheus") throw malformed(line, "the answer is cut short: no line feed at its end");
      yield rest;
      return;
    }
    yield text.slice(start, end);
    start = end + 1;
  }
}

function readLine(
  content: string,
  line: number,
  format: ExpositionFormat,
  limits: ExpositionLimits,
): ExpositionLine {
  if (content.length > limits.maxLineLength) {
    throw malformed(line, `${content.length} characters, over the limit of ${limits.maxLineLength}`);
  }
  try {
    return readExpositionLine(content, format, limits.maxLabels);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw malformed(line, cause.message, cause);
    throw cause;
  }
}

function storedLabels(
  sample: ExpositionLine & { readonly kind: "sample" },
  types: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const border = borderLabel(sample.name, types);
  for (const [label, text] of sample.labels) {
    const number = label === border ? parseFloatText(text) : null;
    if (text !== "") labels.set(label, number === null ? text : formatOpenMetricsFloat(number));
  }
  return labels;
}

/** The label that holds a number, if the series' family has one. */
function borderLabel(name: string, types: ReadonlyMap<string, string>): "le" | "quantile" | null {
  if (types.get(name) === "summary") return "quantile";
  const isBucket = name.endsWith("_bucket") && types.get(name.slice(0, -"_bucket".length)) === "histogram";
  return isBucket ? "le" : null;
}

function malformed(line: number, reason: string, cause?: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", `line ${line}: ${reason}`, { cause });
}
