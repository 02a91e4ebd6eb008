/** The flags whose values have a form of their own; what does not read is added to the problems. */
import type { Problem } from "../../base/errors.ts";

/** `--threshold 99.5` as the largest error rate: `0.5%`; null if it does not read. */
export function readThreshold(text: string, problems: Problem[]): string | null {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (percent > 0 && percent <= 100) return `${round(100 - percent)}%`;
  problems.push({
    path: "--threshold",
    message: `wanted a percentage of requests that must succeed, for instance 99.5, met "${text}"`,
  });
  return null;
}

/** A latency objective: the quantile, and the limit as typed. */
export interface LatencyLimit {
  readonly quantile: number;
  /** `p99`. */
  readonly name: string;
  readonly limit: string;
}

/** `--max-latency p99=500ms`; null if it does not read. The duration is the spec's to read. */
export function readMaxLatency(text: string, problems: Problem[]): LatencyLimit | null {
  const match = /^(p(\d{1,2}(?:\.\d+)?))=(.+)$/.exec(text);
  const quantile = round(Number(match?.[2]) / 100);
  if (match !== null && quantile > 0) return { name: match[1] ?? "", quantile, limit: match[3] ?? "" };
  problems.push({
    path: "--max-latency",
    message: `wanted a percentile and a duration, for instance p99=500ms, met "${text}"`,
  });
  return null;
}

/** `--canary version=v2,workload=cart`; which fields there are is the spec's to say. */
export function readCohort(
  flag: string,
  text: string,
  problems: Problem[],
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const match = /^([A-Za-z]+)=(.*)$/s.exec(rest);
    const [name, value] = [match?.[1] ?? "", match?.[2] ?? ""];
    if (match === null || Object.hasOwn(fields, name)) {
      problems.push({
        path: flag,
        message: `wanted each field once, as field=value[,field=value…], for instance version=v2, met "${text}"`,
      });
      return fields;
    }
    // A selector holds commas itself, so nothing can follow it.
    const end = name === "selector" ? -1 : value.indexOf(",");
    fields[name] = end < 0 ? value : value.slice(0, end);
    rest = end < 0 ? "" : value.slice(end + 1);
  }
  if (text === "")
    problems.push({ path: flag, message: "wanted field=value, for instance version=v2, met nothing" });
  return fields;
}

/** Without the noise of binary fractions: 100 − 99.9 is 0.1. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
