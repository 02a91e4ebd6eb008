/** A release of one case on the stock controller, to its end. */
import type { ArgoController } from "../../../servers/start-argo-controller.ts";
import { type AnalysisRun, measurementsOf } from "../../../support/analysis-run.ts";
import type { KubernetesNamespace } from "../../../support/kubernetes-namespace.ts";
import { badTag, type PodMetrics, unseenTag } from "../../../support/pod-metrics/pod-metrics.ts";
import type { RolloutState } from "../../../support/rollout.ts";
import { type Places, scaledTime } from "./scaled-time.ts";
import { manifestsOf, rolloutOf, type TemplateCase } from "./template-cases.ts";

/** What becomes of the second version: it works, fails every fifth request, or is not scraped. */
export type Quality = "good" | "bad" | "unseen";

const tags: Readonly<Record<Quality, string>> = {
  good: "2.0.0",
  bad: `2.0.0${badTag}`,
  unseen: `2.0.0${unseenTag}`,
};

/** A release that has ended. */
export interface ReleaseEnd {
  readonly namespace: KubernetesNamespace;
  readonly state: RolloutState;
  readonly runs: readonly AnalysisRun[];
}

export interface ReleaseOptions {
  readonly argo: ArgoController;
  readonly places: Places;
  readonly pods: PodMetrics;
}

/** Generous: several releases run at once on whatever machine there is. */
const patienceSeconds = 240;

/** Latency boundaries are chosen from what the stable pods did before. */
const historySeconds = 8;

/** Deploys a first version, releases a second one, and waits for the end. */
export async function release(
  { argo, places, pods }: ReleaseOptions,
  one: TemplateCase,
  quality: Quality,
): Promise<ReleaseEnd> {
  const name = rolloutOf(one);
  const namespace = await argo.createNamespace(`${quality}-${name}`);
  await namespace.apply(one.files.flatMap(manifestsOf).map((manifest) => scaledTime(manifest, places)));
  const rollout = namespace.rollout(name);
  await rollout.waitForPhase("Healthy", patienceSeconds);
  await namespace.waitFor({
    what: "the stable pods have been scraped for a while",
    read: async () => pods.scrapedFor(namespace.name),
    until: (seconds) => seconds >= historySeconds,
    seconds: patienceSeconds,
  });
  await rollout.setImage(`registry.example.com/${name}:${tags[quality]}`);
  if (one.isPromotedByHand && quality === "good") await promoteOnceJudged(argo, namespace, name);
  const state = await rollout.waitFor("has come to an end", hasEnded, patienceSeconds);
  return { namespace, state, runs: await rollout.analysisRuns() };
}

/** Promoted, aborted, or left to a person because nobody knows. */
function hasEnded({ status: { phase, pauseConditions } }: RolloutState): boolean {
  const isLeft = pauseConditions.some(({ reason }) => reason.startsWith("Inconclusive"));
  return phase === "Healthy" || phase === "Degraded" || isLeft;
}

async function promoteOnceJudged(
  argo: ArgoController,
  namespace: KubernetesNamespace,
  name: string,
): Promise<void> {
  const rollout = namespace.rollout(name);
  await rollout.waitForAnalysisRun(
    "has passed",
    ({ status }) => status.phase === "Successful",
    patienceSeconds,
  );
  await rollout.waitForPhase("Paused", patienceSeconds);
  await argo.command(namespace.name, "promote", name);
}

/** Tries an aborted release once more, and waits for the end of its analysis. */
export async function retry(
  argo: ArgoController,
  { namespace, state, runs }: ReleaseEnd,
): Promise<AnalysisRun> {
  const { name } = state.metadata;
  await argo.command(namespace.name, "retry", "rollout", name);
  const known = new Set(runs.map(({ metadata }) => metadata.uid));
  const isNew = ({ metadata, status }: AnalysisRun) => !known.has(metadata.uid) && status.phase === "Failed";
  return await namespace
    .rollout(name)
    .waitForAnalysisRun("of the second try has failed", isNew, patienceSeconds);
}

/** Goes on with a release that was left to a person, and waits until it is done. */
export async function promote(argo: ArgoController, { namespace, state }: ReleaseEnd): Promise<RolloutState> {
  const { name } = state.metadata;
  await argo.command(namespace.name, "promote", name);
  return await namespace.rollout(name).waitForPhase("Healthy", patienceSeconds);
}

/** The measurements of all runs, oldest first. */
export function allMeasurements({ runs }: ReleaseEnd) {
  return runs.flatMap((run) => measurementsOf(run));
}
