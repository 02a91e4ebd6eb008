/** The result in the form that was asked for. */
import type { AnalysisResult } from "../../../analysis/result.ts";
import { unreachable } from "../../../base/unreachable.ts";
import type { Paint } from "../paint.ts";
import { junitReport } from "./junit-report.ts";
import { markdownReport } from "./markdown-report.ts";
import { textReport } from "./text-report.ts";

/** What `--output` takes. */
export const outputFormats = ["text", "json", "markdown", "junit"] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** Ends with a newline. Only text is painted. */
export function writeReport(result: AnalysisResult, format: OutputFormat, paint: Paint): string {
  switch (format) {
    case "text":
      return textReport(result, paint);
    case "json":
      return `${JSON.stringify(result, null, 2)}\n`;
    case "markdown":
      return markdownReport(result);
    case "junit":
      return junitReport(result);
    default:
      return unreachable(format);
  }
}
