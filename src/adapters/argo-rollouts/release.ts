/** Which pods a run is about: what the controller knows of the release, and what the template leaves to it. */
import { invalidSpec } from "../../analysis/spec/problems-of.ts";
import type { AnalysisRunView, RolloutReader, RolloutView } from "./controller-view.ts";

/**
 * What the controller knows of the release, for the parts of a spec that the
 * template leaves out. Null where it does not know, or nobody asks.
 */
export interface Release {
  readonly namespace: string;
  readonly rollout: string | null;
  /** Pod template hashes. */
  readonly canaryHash: string | null;
  readonly stableHash: string | null;
}

/** Which hashes a template leaves to the controller. */
export interface WantedHashes {
  readonly canary: boolean;
  readonly stable: boolean;
}

/** The label that the controller puts on the runs of a Rollout (`rollouts-pod-template-hash`); an Experiment's runs have none. */
export const hashLabel = "rollouts-pod-template-hash";

/**
 * The release that an AnalysisRun is about. The canary's hash is the run's
 * label or its argument `canary-hash`; the stable one the argument
 * `stable-hash`, or what the Rollout that owns the run says.
 *
 * @throws CoalmineError invalid-spec for a hash that is wanted and not to be
 *   had, or is the same for both; as {@link RolloutReader.read} does.
 */
export async function releaseOfRun(
  run: AnalysisRunView,
  wanted: WantedHashes,
  reader: RolloutReader,
  signal: AbortSignal,
): Promise<Release> {
  const rollout = run.owner?.kind === "Rollout" ? run.owner.name : null;
  const canaryHash = wanted.canary ? canaryHashOf(run) : null;
  const given = wanted.stable ? argument(run, "stable-hash", stableHint) : null;
  const stableHash =
    wanted.stable && given === null ? stableHashOf(await ownerOf(run, rollout, reader, signal)) : given;
  refuseSame(canaryHash, stableHash);
  return { namespace: run.namespace, rollout, canaryHash, stableHash };
}

/** The release that a step of a Rollout is about. @throws CoalmineError invalid-spec as {@link releaseOfRun} does. */
export function releaseOfRollout(rollout: RolloutView, wanted: WantedHashes): Release {
  const { namespace, name, canaryHash } = rollout;
  const stableHash = wanted.stable ? stableHashOf(rollout) : null;
  if (wanted.canary) refuseSame(canaryHash, stableHash);
  return { namespace, rollout: name, canaryHash: wanted.canary ? canaryHash : null, stableHash };
}

function canaryHashOf(run: AnalysisRunView): string {
  const hash = run.labels[hashLabel] || argument(run, "canary-hash", canaryHint);
  if (hash !== null) return hash;
  throw missing(
    "cohorts.canary",
    `the run has no label ${hashLabel} (only those of a Rollout have one) and no argument \`canary-hash\`: ` +
      `give the argument, or \`cohorts.canary\`; an Experiment knows it as {{templates.<name>.podTemplateHash}}`,
  );
}

function stableHashOf({ namespace, name, stableHash }: RolloutView): string {
  if (stableHash !== "") return stableHash;
  throw missing(
    "cohorts.baseline",
    `the Rollout ${namespace}/${name} has no stable ReplicaSet yet: there is nothing to compare the canary with`,
  );
}

async function ownerOf(
  run: AnalysisRunView,
  rollout: string | null,
  reader: RolloutReader,
  signal: AbortSignal,
): Promise<RolloutView> {
  if (rollout === null) {
    throw missing(
      "cohorts.baseline",
      "the run belongs to no Rollout, and has no argument `stable-hash`: give the argument, or `cohorts.baseline`",
    );
  }
  const owner = await reader.read(run.namespace, rollout, signal);
  if (owner !== null) return owner;
  throw missing(
    "cohorts.baseline",
    `there is no Rollout ${run.namespace}/${rollout} (any more) to ask for its stable hash`,
  );
}

/** The arguments of a run that mean something to us. */
export const runArguments = ["canary-hash", "stable-hash"] as const;

const canaryHint = "valueFrom: {podTemplateHashValue: Latest}";
const stableHint = "valueFrom: {podTemplateHashValue: Stable}";

/** An argument that a Rollout names without a value is empty: whatever it picks would be the wrong pods. */
function argument(run: AnalysisRunView, name: (typeof runArguments)[number], hint: string): string | null {
  const value = Object.hasOwn(run.args, name) ? run.args[name] : undefined;
  if (value === undefined) return null;
  if (value.trim() !== "") return value;
  throw missing(
    `args.${name}`,
    `the argument \`${name}\` is empty: on the Rollout give it a value, such as \`${hint}\``,
  );
}

function refuseSame(canaryHash: string | null, stableHash: string | null): void {
  if (canaryHash === null || canaryHash !== stableHash) return;
  throw missing(
    "cohorts",
    `canary and stable have the same pod template hash ${JSON.stringify(canaryHash)}: there is nothing to compare`,
  );
}

function missing(path: string, message: string) {
  return invalidSpec([{ path, message }]);
}
