import * as z from "zod";
import { presetTable } from "../presets/preset-table.ts";
import { metricSchema } from "./metric-schema.ts";
import { suggestion } from "./nearest-word.ts";
import { shownWord } from "./reading.ts";
import { expected, flag, number, rate, span, text } from "./scalar-schemas.ts";
import { section, word } from "./section.ts";

const cohort = section({
  version: cohortName().meta({ description: "The version label." }),
  workload: cohortName().meta({ description: "The workload: the Deployment's name." }),
  service: cohortName().meta({ description: "The service or host that leads to it." }),
  hash: cohortName().meta({
    description:
      "The pod template hash: pods named `<service>-<hash>-…`, or `<workload>-<hash>-…` beside `workload`.",
  }),
  hashLabel: cohortName().meta({
    description: "The label that carries `hash`, where it is not matched in the pod's name.",
  }),
  selector: cohortName(4096).meta({
    description: 'Label matchers as PromQL writes them inside braces: `version="v2",zone!="b"`.',
  }),
});

/**
 * The spec file: what each key may hold, how it is read, what it means and its
 * default. The one source of the parser, the JSON Schema and docs/spec.md.
 * Defaults that depend on other keys are complete-spec.ts's.
 */
export const specSchema = section({
  apiVersion: z
    .literal("coalmine/v1", { error: (issue) => expected("coalmine/v1", issue.input) })
    .optional()
    .meta({ description: "The version of this format." }),
  kind: z
    .literal("Analysis", { error: (issue) => expected("Analysis", issue.input) })
    .optional()
    .meta({ description: "What the file is." }),
  service: text().meta({ description: "What the reader knows it as; presets look for it in the series." }),
  namespace: z
    .string({ error: (issue) => expected("text", issue.input) })
    .max(253, { error: "is longer than 253 characters" })
    .prefault("")
    .meta({ description: "Its namespace; empty where the source does not know namespaces." }),
  telemetry: telemetry().meta({
    description: "The preset that names the series, by name or with its options.",
  }),
  source: z
    .union(
      [text(), z.array(text()).min(1, { error: "names no source" }).max(20, { error: "names more than 20" })],
      {
        error: (issue) => expected("the name of a source or a list of names", issue.input),
      },
    )
    .prefault("default")
    .meta({ description: "A source named in the server's settings; several are strata of one verdict." }),
  cohorts: section({
    canary: cohort.meta({ description: "What is judged." }),
    baseline: cohort
      .optional()
      .meta({ description: "What it is compared with. Without it only limits are judged." }),
  })
    .optional()
    .meta({ description: "How the pods are told apart. Some presets know it by themselves." }),
  metrics: z
    .array(metricSchema, { error: (issue) => expected("a list of metrics", issue.input) })
    .min(1, { error: "holds no metric; leave it out for errors and latency" })
    .max(50, { error: "holds more than 50 metrics" })
    .optional()
    .meta({ description: "The questions. Without any: errors and latency, compared." }),
  duration: span
    .prefault("10m")
    .meta({ description: "A fail comes as soon as the evidence allows, a pass at the end of this." }),
  interval: span.prefault("15s").meta({ description: "How often it looks; at most `tick`." }),
  tick: span
    .prefault("60s")
    .meta({ description: "How long a burst may last: evidence is capped and committed per tick." }),
  warmup: span.prefault("3m").meta({ description: "How long a new pod is not judged." }),
  budget: section({
    falseAlarm: budgetRate().meta({
      description: "How often a healthy rollout may be failed, over all metrics together.",
    }),
    falsePass: budgetRate().meta({ description: "How often a canary beyond `passBelow` may be passed." }),
  })
    .prefault({})
    .meta({ description: "The error rates to hold." }),
  pass: word(["atEnd", "early"]).prefault("atEnd").meta({ description: "When a pass is given." }),
  onDeadline: word(["passIfPowered", "inconclusive", "fail"]).prefault("passIfPowered").meta({
    description:
      "What an undecided analysis ends as. `passIfPowered` passes when a regression would have been seen, and is inconclusive otherwise.",
  }),
  minCanaryRequests: number({ least: 0, most: 1e9, whole: true })
    .prefault(100)
    .meta({ description: "No pass before the canary has had as many." }),
  sourceTimeout: span
    .prefault("10m")
    .meta({ description: "How long a source may be away before the analysis ends inconclusive." }),
  dispersion: z
    .union([z.literal("auto"), number({ least: 1, most: 1000, name: "auto or a number" })], {
      error: (issue) => expected("auto or a number of at least 1", issue.input),
    })
    .prefault(1)
    .meta({
      description:
        "How many events come at once: divides the evidence. `auto` measures it on the baseline's pods.",
    }),
  evidenceCap: number({ least: 0.1, most: 10 })
    .prefault(2)
    .meta({ description: "The most evidence, in nats, that one tick can give." }),
  outageChannel: flag
    .prefault(true)
    .meta({ description: "Watch errors for an outage from the first request on, warm-up or not." }),
});

/** The file with every value read and every default that stands by itself. */
export type SpecInput = z.output<typeof specSchema>;

function cohortName(most = 253) {
  return z
    .string({ error: (issue) => expected("text", issue.input) })
    .refine((value) => value.trim() !== "", {
      error:
        "is empty: whoever filled it in had no value for it, and an empty name would match the wrong pods",
    })
    .max(most, { error: `is longer than ${most} characters` })
    .optional();
}

function budgetRate() {
  return rate.refine((value) => value <= 0.5, { error: "expected at most 50%" }).prefault(0.05);
}

/** A preset by name, or a map of its name and its own options: one shape a preset, so that an unknown option is an unknown key. */
function telemetry() {
  const names = [...presetTable.keys()];
  const shapes = [...presetTable.values()].map((preset) => {
    const options = Object.entries(preset.options).map(([name, option]) => {
      const described =
        option.values === undefined ? option.about : `${option.about} One of ${option.values.join(", ")}.`;
      return [name, text(253).optional().meta({ description: described })] as const;
    });
    return section({ preset: z.literal(preset.name), ...Object.fromEntries(options) });
  });
  const [first, ...rest] = shapes;
  if (first === undefined) throw new TypeError("the preset table is empty");
  const form = z.discriminatedUnion("preset", [first, ...rest], {
    error: (issue) => unknownPreset(issue.input, names),
  });
  return z.union([z.enum(names), form], { error: (issue) => unknownPreset(issue.input, names) });
}

function unknownPreset(input: unknown, names: readonly string[]): string {
  const preset = typeof input === "object" && input !== null && "preset" in input ? input.preset : input;
  if (typeof preset !== "string") return expected("a preset such as istio, or {preset: istio, …}", preset);
  return `unknown preset \`${shownWord(preset)}\`; ${suggestion(preset, names)}`;
}
