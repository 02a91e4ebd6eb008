import * as z from "zod";
import type { AnalysisRunView } from "../controller-view.ts";
import { countMeasured } from "../measurement-phases.ts";
import { hashLabel, runArguments } from "../release.ts";
import { readDocument, writeDocument } from "./read-document.ts";
import { count, namespace, text, texts, time, uid, writeTime } from "./scalars.ts";

const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((given) => given ?? []);

const owner = z.object({ kind: text, name: text, uid: text, controller: z.boolean().nullish() });

const argument = z.object({ name: text, value: text, valueFrom: z.unknown().optional() });

const metricResult = z.object({
  name: text,
  count,
  measurements: listOf(z.object({ phase: text })),
});

const analysisRun = z.object({
  metadata: z.object({
    uid,
    name: text,
    namespace,
    creationTimestamp: time,
    labels: texts,
    ownerReferences: listOf(owner),
  }),
  spec: z.object({ args: listOf(argument) }).prefault({}),
  status: z.object({ startedAt: time, metricResults: listOf(metricResult) }).prefault({}),
});

/**
 * Reads an AnalysisRun as far as it matters to one of its metrics.
 *
 * @param metricName whose measurements are counted.
 * @throws CoalmineError invalid-request, too-large.
 */
export function readAnalysisRun(bytes: Uint8Array, metricName: string): AnalysisRunView {
  const { metadata, spec, status } = readDocument("AnalysisRun", bytes, analysisRun);
  const { uid: id, name, namespace: where, creationTimestamp, labels, ownerReferences } = metadata;
  const controller = ownerReferences.find((reference) => reference.controller === true);
  const result = status.metricResults.find((one) => one.name === metricName);
  const phases = result?.measurements.map(({ phase }) => phase) ?? [];
  return {
    uid: id,
    name,
    namespace: where,
    createdAt: creationTimestamp,
    startedAt: status.startedAt,
    labels,
    owner:
      controller === undefined ? null : { kind: controller.kind, name: controller.name, uid: controller.uid },
    args: argsOf(spec.args),
    measured: countMeasured(phases, result?.count ?? 0),
  };
}

/** Only an argument that is filled in from elsewhere can be without a value; an empty one is as gob has it, which knows no difference. */
function argsOf(list: readonly z.output<typeof argument>[]): Readonly<Record<string, string>> {
  const filled = list.filter(({ value, valueFrom }) => value !== "" || valueFrom == null);
  return Object.fromEntries(filled.map(({ name, value }) => [name, value]));
}

/**
 * An AnalysisRun that is read as the view is, for a server: what a plugin looks
 * at and no more. Arguments that mean nothing to it may hold secrets, and stay here.
 */
export function writeAnalysisRun(view: AnalysisRunView, metricName: string): Uint8Array {
  const { uid: id, name, namespace: where, createdAt, startedAt, labels, args } = view;
  const hash = labels[hashLabel];
  return writeDocument({
    metadata: {
      uid: id,
      name,
      namespace: where,
      creationTimestamp: writeTime(createdAt),
      ...(hash !== undefined && { labels: { [hashLabel]: hash } }),
      ...(view.owner !== null && { ownerReferences: [{ ...view.owner, controller: true }] }),
    },
    spec: {
      args: runArguments
        .filter((known) => Object.hasOwn(args, known))
        .map((known) => ({ name: known, value: args[known] })),
    },
    status: {
      startedAt: writeTime(startedAt),
      metricResults: [{ name: metricName, count: view.measured }],
    },
  });
}
