/** The values of the metadata keys that are this adapter's own. */
import { show } from "../../../analysis/spec/reading.ts";
import { readSpan } from "../../../analysis/spec/time-span.ts";
import { formatDuration } from "../../../base/duration.ts";
import type { Problem } from "../../../base/errors.ts";
import type { ReleaseOptions } from "../release/release-options.ts";

const inconclusiveWays = ["hold", "rollback", "promote"] as const;

const defaultHoldMs = 3_600_000;
const longestHoldMs = 24 * 3_600_000;

/** Names of Kubernetes objects, which also name specs (RFC 1123 subdomains). */
const objectName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export function isObjectName(text: string): boolean {
  return objectName.test(text);
}

/** What the metadata says of a release that ends undecided; hold for an hour unless it does. Adds what is wrong to `problems`. */
export function readOptions(said: ReadonlyMap<string, string>, problems: Problem[]): ReleaseOptions {
  const way = said.get("onInconclusive") ?? "hold";
  const onInconclusive = inconclusiveWays.find((known) => known === way);
  if (onInconclusive === undefined) {
    const message = `expected one of ${inconclusiveWays.join(", ")}, got ${show(way)}`;
    problems.push({ path: "onInconclusive", message });
  }
  return {
    onInconclusive: onInconclusive ?? "hold",
    holdTimeoutMs: readHold(said.get("holdTimeout"), problems),
  };
}

function readHold(text: string | undefined, problems: Problem[]): number {
  if (text === undefined) return defaultHoldMs;
  const hold = readSpan(text);
  if ("value" in hold && hold.value <= longestHoldMs) return hold.value;
  const tooLong = `expected at most ${formatDuration(longestHoldMs)}: a hold ends, got ${show(text)}`;
  problems.push({ path: "holdTimeout", message: "wrong" in hold ? hold.wrong : tooLong });
  return defaultHoldMs;
}

/**
 * `threshold` as Flagger's request-success-rate has its `min`: at least this
 * percentage of the requests succeeds. Adds what is wrong to `problems`.
 *
 * @returns the limit of errors that says the same: `0.5%` for 99.5.
 */
export function readThreshold(text: string, problems: Problem[]): string | null {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,6})?)\s*%?$/.exec(text.trim()) ?? [];
  const least = Number(percent);
  if (least >= 50 && least < 100) return `${(100 - least).toFixed(6)}%`;
  const slip =
    least < 1
      ? `; write ${(least * 100).toFixed(4).replace(/\.?0+$/, "")} if a percentage is meant`
      : "; Flagger's number of failed checks goes under analysis.threshold, not here";
  const wanted = "expected the percentage of requests that must succeed, from 50 to below 100, such as 99.5";
  problems.push({
    path: "threshold",
    message: `${wanted}, got ${show(text)}${least < 50 && least > 0 ? slip : ""}`,
  });
  return null;
}
