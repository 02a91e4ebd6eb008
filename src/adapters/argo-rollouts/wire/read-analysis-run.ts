import { CoalmineError } from "../../../base/errors.ts";
import type { AnalysisRunView } from "../controller-view.ts";
import { countMeasured } from "../measurement-phases.ts";
import {
  boolOf,
  fieldOf,
  integerOf,
  isNil,
  itemsOf,
  type Located,
  textOf,
  textsOf,
  timeOf,
} from "./located.ts";

/**
 * Reads an AnalysisRun as far as it matters to one of its metrics.
 *
 * @param metricName whose measurements are counted.
 * @throws CoalmineError invalid-request, too-large.
 */
export function readAnalysisRun(at: Located, metricName: string): AnalysisRunView {
  if (isNil(at))
    throw new CoalmineError("invalid-request", `argo-rollouts: ${at.path}: a run wanted, none met`);
  const meta = fieldOf(at, "ObjectMeta");
  return {
    uid: textOf(fieldOf(meta, "UID")),
    name: textOf(fieldOf(meta, "Name")),
    namespace: textOf(fieldOf(meta, "Namespace")),
    createdAt: timeOf(fieldOf(meta, "CreationTimestamp")),
    startedAt: timeOf(fieldOf(at, "Status", "StartedAt")),
    labels: textsOf(fieldOf(meta, "Labels")),
    owner: ownerOf(fieldOf(meta, "OwnerReferences")),
    args: argsOf(fieldOf(at, "Spec", "Args")),
    measured: measuredOf(fieldOf(at, "Status", "MetricResults"), metricName),
  };
}

function ownerOf(references: Located): AnalysisRunView["owner"] {
  const owner = itemsOf(references).find((reference) => boolOf(fieldOf(reference, "Controller")));
  if (owner === undefined) return null;
  return {
    kind: textOf(fieldOf(owner, "Kind")),
    name: textOf(fieldOf(owner, "Name")),
    uid: textOf(fieldOf(owner, "UID")),
  };
}

/** To gob an empty value and none are the same; only an argument that is filled in from elsewhere can be without one. */
function argsOf(list: Located): Readonly<Record<string, string>> {
  const filled = itemsOf(list).filter(
    (arg) => !isNil(fieldOf(arg, "Value")) || isNil(fieldOf(arg, "ValueFrom")),
  );
  return Object.fromEntries(
    filled.map((arg) => [textOf(fieldOf(arg, "Name")), textOf(fieldOf(arg, "Value"))]),
  );
}

function measuredOf(results: Located, metricName: string): number {
  const result = itemsOf(results).find((item) => textOf(fieldOf(item, "Name")) === metricName);
  if (result === undefined) return 0;
  const phases = itemsOf(fieldOf(result, "Measurements")).map((measurement) =>
    textOf(fieldOf(measurement, "Phase")),
  );
  return countMeasured(phases, integerOf(fieldOf(result, "Count")));
}
