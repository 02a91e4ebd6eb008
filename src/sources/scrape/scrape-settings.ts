/** What an operator may set of the built-in scraper. */
import * as z from "zod";
import { formatDuration, parseDuration } from "../../base/duration.ts";
import { defaultScrapeLimits } from "./scrape-source.ts";

const labelName = z
  .string()
  .regex(
    /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/,
    "wanted the name of a label, letters, digits and _, not beginning with __",
  );

const targetUrl = z
  .url({ protocol: /^https?$/, error: "wanted an http or https URL" })
  .refine(
    (text) => !hasCredentials(text),
    "wanted a URL without a user name and password: it is shown in warnings",
  );

/** A URL alone is read as a target without labels; not as a union, whose errors would say less. */
const scrapeTarget = z.preprocess(
  (input) => (typeof input === "string" ? { url: input } : input),
  z.strictObject({
    url: targetUrl,
    labels: z
      .record(labelName, z.string().min(1).max(1_024))
      .refine((labels) => Object.keys(labels).length <= 30, "wanted at most 30 labels")
      .default({}),
  }),
);

/**
 * A `scrape` source as a settings file writes it: targets as URLs, alone or with
 * the labels to put on their series; durations as Prometheus writes them.
 * Parsed, it is what createScrapeSource takes beside its name and clock.
 */
export const scrapeSourceSettings = z
  .strictObject({
    targets: z.array(scrapeTarget).min(1).max(defaultScrapeLimits.maxTargets),
    interval: duration(100, 5 * 60_000).default(5_000),
    retention: duration(60_000, 6 * 3_600_000).default(15 * 60_000),
    honourTimestamps: z.boolean().default(false),
  })
  .refine(({ interval, retention }) => retention >= 3 * interval, {
    path: ["retention"],
    error: "wanted at least three intervals",
  })
  .transform(({ targets, interval, retention, honourTimestamps }) => ({
    targets,
    intervalMs: interval,
    retentionMs: retention,
    honourTimestamps,
  }));

export type ScrapeSourceSettings = z.output<typeof scrapeSourceSettings>;

/** Text or a number of seconds, to milliseconds. */
function duration(minMs: number, maxMs: number) {
  const wanted = `wanted a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return z.union([z.string(), z.number()]).transform((value, context) => {
    const ms = parseDuration(String(value));
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({ code: "custom", message: `${wanted}, met ${JSON.stringify(value)}` });
    return z.NEVER;
  });
}

function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== "" || url.password !== "");
}
