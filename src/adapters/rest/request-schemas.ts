/** What the API takes beside a spec. */
import * as z from "zod";
import { analysisKey } from "../../analysis/analysis-key.ts";
import { section, word } from "../../analysis/spec/section.ts";
import { specSchema } from "../../analysis/spec/spec-schema.ts";
import { zodProblems } from "../../analysis/spec/zod-problems.ts";
import { CoalmineError, type Problem } from "../../base/errors.ts";
import { safeParse } from "../../base/safe-parse.ts";

const moment = z.iso
  .datetime({
    offset: true,
    error: "expected a time as RFC 3339 writes it, for instance 2026-01-31T12:00:00Z",
  })
  .transform((text) => Date.parse(text));

const count = z.int({ error: "expected a whole number from 0 to 2^53 - 1" }).min(0);

const cohortCounts = section({
  total: count.meta({ description: "Events." }),
  bad: count.meta({ description: "Of them, how many were bad; at most `total`." }),
}).refine(({ total, bad }) => bad <= total, { path: ["bad"], error: "is more than total" });

const bothCohorts = section({
  canary: cohortCounts,
  baseline: cohortCounts.nullable().default(null).meta({ description: "Where the spec names a baseline." }),
});

const metricName = z.string().min(1).max(253);

/** A spec's own problems are told by parseSpec, which knows its defaults too. */
const anySpec = z.unknown().refine((value) => value !== undefined, "is missing; it holds the spec");

const judgeKeys = {
  spec: anySpec,
  from: moment
    .optional()
    .meta({ description: "Start of the past window; a duration before `to` unless given." }),
  to: moment
    .optional()
    .meta({ description: "End of the window; a duration after `from`, now at the latest, unless given." }),
  counts: bothCohorts
    .optional()
    .meta({ description: "Counts of one window, for the spec's one metric that takes counts." }),
  ticks: z
    .array(section({ metrics: z.record(metricName, bothCohorts) }))
    .min(1)
    .max(1_440, "expected at most 1440 ticks, a day of minutes")
    .optional()
    .meta({ description: "Counts tick by tick, by the name of a metric of the kind errors or ratio." }),
};

/** `POST /v1/judge`: a past window, or counts, or ticks. */
export const judgeSchema = section(judgeKeys).check((context) => {
  const { from, to, counts, ticks } = context.value;
  const windowed = from !== undefined || to !== undefined;
  const ways = [windowed ? "from and to" : null, counts && "counts", ticks && "ticks"].filter(Boolean);
  if (ways.length < 2) return;
  context.issues.push({
    code: "custom",
    path: [],
    input: context.value,
    message: `expected one of from and to, counts, ticks; got ${ways.join(" and ")}`,
  });
});

/** The same as it is published: with the spec's own schema in place. */
export const publishedJudgeSchema = z.strictObject({ ...judgeKeys, spec: specSchema });

/** `GET /v1/analyses`. */
export const listSchema = section({
  service: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
  phase: word(["running", "done", "cancelled"]).optional(),
  limit: wholeNumber(1, 1_000).default(100).meta({ description: "At most so many." }),
});

/** A number of a query, which is text. */
export function wholeNumber(least: number, most: number) {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).check(z.int({ error }), z.gte(least, { error }), z.lte(most, { error }));
}

/** A caller's own name for an analysis. */
export const keySchema = z.string().regex(analysisKey.pattern, analysisKey.wanted);

/**
 * Reads one part of a request.
 *
 * @throws CoalmineError invalid-request with every problem and its path.
 */
export function readRequest<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const read = safeParse(schema, input);
  if (read.success) return read.data;
  throw refused("invalid-request", what, zodProblems(read.error.issues));
}

/** A failure that tells its problems in its message too. */
export function refused(
  code: "invalid-request" | "invalid-spec",
  what: string,
  problems: readonly Problem[],
): CoalmineError {
  const told = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new CoalmineError(code, `${what}: ${told.join("; ")}`, { problems });
}
