/** The result as GitHub-flavoured Markdown, short enough for a comment on a pull request. */
import type { AnalysisResult, MetricResult, Verdict } from "../../../analysis/result.ts";
import { metricRows, ownReason, verdictWord } from "./metric-rows.ts";
import { nextStep } from "./next-step.ts";

const marks = { pass: "✅", fail: "❌", inconclusive: "❔" } as const satisfies Record<Verdict, string>;

/** A heading with the verdict, its reason, a table of the metrics, then warnings; ends with a newline. */
export function markdownReport(result: AnalysisResult): string {
  const advice = nextStep(result);
  const parts = [
    `### ${mark(result.verdict)} Canary of ${escapeMarkdown(result.service)}: ${result.verdict ?? result.phase}`,
    escapeMarkdown(result.reason.text),
    ["| metric | verdict | numbers |", "| --- | --- | --- |", ...result.metrics.map(tableRow)].join("\n"),
    result.warnings.map(({ code, text }) => `- ⚠️ ${escapeMarkdown(text)} (\`${code}\`)`).join("\n"),
    advice === null ? "" : `**Next:** ${escapeMarkdown(advice)}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Text in which Markdown and HTML mean nothing, on one line, fit for a table cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]#|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\s+/g, " ");
}

function mark(verdict: Verdict | null): string {
  return verdict === null ? "⏳" : marks[verdict];
}

function tableRow(metric: MetricResult): string {
  const rows = metricRows(metric).map(
    ({ label, text }) => `${escapeMarkdown(label)}: ${escapeMarkdown(text)}`,
  );
  const numbers = [escapeMarkdown(ownReason(metric)), ...rows].join("<br>");
  const shown = metric.gate ? "" : " (not counted)";
  return `| ${escapeMarkdown(metric.name)} | ${mark(metric.verdict)} ${verdictWord(metric)}${shown} | ${numbers} |`;
}
