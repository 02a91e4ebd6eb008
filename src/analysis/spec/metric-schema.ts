import * as z from "zod";
import { suggestion } from "./nearest-word.ts";
import { shownWord } from "./reading.ts";
import { expected, flag, latency, margin, number, rate, ratio, span, text } from "./scalar-schemas.ts";
import { section, word } from "./section.ts";

const shared = {
  name: text(63)
    .optional()
    .meta({ description: "What the report calls it; unique. Without one it is called by its kind." }),
  weight: number({ least: 0.001, most: 1000 })
    .prefault(1)
    .meta({ description: "Its share of the false-alarm budget, relative to the other gating metrics." }),
  canarySelector: text(4096).optional().meta({
    description: "Label matchers to use for this metric's canary instead of the cohort's: `version=\"v2\"`.",
  }),
  baselineSelector: text(4096).optional().meta({ description: "The same for the baseline." }),
};

const gate = (fallback: boolean) =>
  flag.prefault(fallback).meta({ description: "False: shown in the report, never counted in the verdict." });

const compare = section(
  {
    failAbove: margin.prefault("1.25x").meta({
      description:
        "Fails when the canary is surely worse than this times (`1.25x`) and plus (`0.5pp`) the baseline.",
    }),
    passBelow: margin
      .prefault("2x + 0.5pp")
      .meta({ description: "Passes when the canary is surely better than this." }),
  },
  "a map of margins, {} for the defaults",
).meta({
  description: "Compare with the baseline; `{}` means the default margins.",
});

const absolute = flag
  .prefault(false)
  .meta({ description: "True: fails even while the baseline is over the limit too." });

const rateLimit = z
  .union(
    [
      rate,
      section({ atMost: rate.meta({ description: "The largest rate that meets the objective." }), absolute }),
    ],
    {
      error: (issue) => expected('a rate such as "0.5%" or {atMost, absolute}', issue.input),
    },
  )
  .transform((limit) => (typeof limit === "number" ? { atMost: limit, absolute: false } : limit));

const latencyLimit = z
  .union(
    [
      latency,
      section({
        atMost: latency.meta({ description: "The longest latency that meets the objective." }),
        absolute,
      }),
    ],
    { error: (issue) => expected('a latency such as "500ms" or {atMost, absolute}', issue.input) },
  )
  .transform((limit) =>
    typeof limit === "number"
      ? { atMostSeconds: limit, absolute: false }
      : { atMostSeconds: limit.atMost, absolute: limit.absolute },
  );

const errors = section({
  kind: z.literal("errors"),
  ...shared,
  gate: gate(true),
  compare: compare.optional(),
  limit: rateLimit
    .optional()
    .meta({ description: "The largest error rate that meets the objective: `0.5%`." }),
});

const latencyMetric = section({
  kind: z.literal("latency"),
  ...shared,
  gate: gate(true),
  quantile: rate.optional().meta({
    description:
      "The quantile in question, `0.99`. Without one, boundaries near 0.5, 0.95 and 0.99 are compared.",
  }),
  compare: compare.optional(),
  limit: latencyLimit
    .optional()
    .meta({ description: "The longest that the quantile may take: `500ms`. Needs `quantile`." }),
  slower: ratio.optional().meta({
    description: "How many times the baseline's quantile the canary's may be: `2x`. Needs `quantile`.",
  }),
});

const ratioMetric = section({
  kind: z.literal("ratio"),
  ...shared,
  gate: gate(true),
  bad: text(4096).meta({ description: 'Counters of what went wrong: `refunds_total{outcome="failed"}`.' }),
  total: text(4096).meta({
    description: "Counters of everything, the bad ones among them: `refunds_total`.",
  }),
  compare: compare.optional(),
  limit: rateLimit
    .optional()
    .meta({ description: "The largest share of bad ones that meets the objective: `1%`." }),
});

const gauge = section({
  kind: z.literal("gauge"),
  ...shared,
  gate: gate(false),
  query: text(4096).meta({
    description: "The gauge as a series selector: `container_memory_working_set_bytes`.",
  }),
  aggregate: word(["mean", "max", "min", "sum"])
    .prefault("mean")
    .meta({ description: "How the pods of a cohort become one value." }),
  failAbove: ratio.prefault("1.25x").meta({
    description: "The canary is worse above this many times the baseline; below, if it is under 1x.",
  }),
  passBelow: ratio
    .optional()
    .meta({ description: "The canary is fine below this; `failAbove` if left out." }),
  block: span.prefault("5m").meta({
    description: "Length of the blocks that count as one observation, so that neighbours do not count twice.",
  }),
});

const condition = section({
  kind: z.literal("condition"),
  ...shared,
  gate: gate(true),
  query: text(4096).meta({
    description: 'What must not stay true: `kube_pod_status_ready{condition="false"} == 1`.',
  }),
  for: span.prefault("1m").meta({ description: "Fails once it has held this long without a break." }),
});

const kinds = ["errors", "latency", "ratio", "gauge", "condition"] as const;

/** One metric as the file has it; which fields there are depends on its `kind`. */
export const metricSchema = z.discriminatedUnion(
  "kind",
  [errors, latencyMetric, ratioMetric, gauge, condition],
  {
    error: (issue) => {
      if (issue.code !== "invalid_union") return expected("a metric such as {kind: errors}", issue.input);
      const kind = kindOf(issue.input);
      if (kind === undefined) return `is missing; expected one of ${kinds.join(", ")}`;
      if (typeof kind !== "string") return expected(`one of ${kinds.join(", ")}`, kind);
      return `unknown kind \`${shownWord(kind)}\`; ${suggestion(kind, kinds)}`;
    },
  },
);

/** One metric with its own defaults, before what depends on the rest of the spec is filled in. */
export type MetricInput = z.output<typeof metricSchema>;

function kindOf(input: unknown): unknown {
  return typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
}
