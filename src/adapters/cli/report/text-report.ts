/** The result for a person at a terminal: verdict and reason first, then the numbers behind them. */
import type { AnalysisResult, MetricResult } from "../../../analysis/result.ts";
import { formatDuration } from "../../../base/duration.ts";
import { type Paint, verdictStyle } from "../paint.ts";
import { metricRows, ownReason, verdictWord } from "./metric-rows.ts";
import { nextStep } from "./next-step.ts";

/** Plain lines of at most about 100 columns, coloured by `paint`; ends with a newline. */
export function textReport(result: AnalysisResult, paint: Paint): string {
  const parts = [
    headline(result, paint),
    ...result.metrics.map((metric) => metricBlock(metric, paint)),
    warningBlock(result, paint),
    nextStep(result),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

/** The verdict and its reason in one line: `FAIL checkout: …`. */
function headline(result: AnalysisResult, paint: Paint): string {
  const word = (result.verdict ?? result.phase).toUpperCase();
  const verdict = paint("bold", paint(verdictStyle(result.verdict), word));
  return `${verdict} ${result.service}: ${result.reason.text}\n${paint("dim", timing(result))}`;
}

function timing({ startedAt, decidedAt, ticks, score }: AnalysisResult): string {
  const counted = `${ticks} ${ticks === 1 ? "tick" : "ticks"}, score ${Math.round(score)}`;
  if (decidedAt === null) return `started ${startedAt}, ${counted}`;
  const after = formatDuration(Math.round((Date.parse(decidedAt) - Date.parse(startedAt)) / 1_000) * 1_000);
  return `decided ${decidedAt}, after ${after}, ${counted}`;
}

function metricBlock(metric: MetricResult, paint: Paint): string {
  const verdict = paint(verdictStyle(metric.verdict), verdictWord(metric));
  const shown = metric.gate ? "" : paint("dim", " (shown, not counted)");
  const rows = metricRows(metric).map(({ label, text }) => `  ${paint("dim", label.padEnd(9))} ${text}`);
  return [`${paint("bold", metric.name)} ${verdict}${shown}: ${ownReason(metric)}`, ...rows].join("\n");
}

function warningBlock({ warnings }: AnalysisResult, paint: Paint): string | null {
  if (warnings.length === 0) return null;
  return warnings.map(({ code, text }) => `${paint("yellow", "warning")}: ${text} (${code})`).join("\n");
}
