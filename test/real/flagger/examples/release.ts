/** A release of one example by Flagger, to its end. */
import type { Canary, CanaryState } from "../../../support/canary.ts";
import type { EventLine, KubernetesNamespace } from "../../../support/kubernetes-namespace.ts";
import { badTag } from "../../../support/pod-metrics/pod-metrics.ts";
import { canaryOf, deploymentOf, type ExampleCase, manifestsOf } from "./example-cases.ts";
import { type Places, scaledTime } from "./scaled-time.ts";

/** What becomes of the second version: it works, or fails every fifth request. */
export type Quality = "good" | "bad";

export const images = {
  first: "shop/checkout:1",
  good: "shop/checkout:2",
  bad: `shop/checkout:2${badTag}`,
} as const;

/** A release that has ended. */
export interface ReleaseEnd {
  readonly state: CanaryState;
  /** What users get now. */
  readonly image: string;
  /** Of the Canary. */
  readonly events: readonly EventLine[];
}

/** Generous: all releases run at once on whatever machine there is. */
const patience = 400;

/** Deploys the first version with its Canary, waits until Flagger has made the primary, and releases the second. */
export async function begin(
  namespace: KubernetesNamespace,
  places: Places,
  one: ExampleCase,
  quality: Quality,
): Promise<Canary> {
  const manifests = one.files.flatMap(manifestsOf).map((manifest) => scaledTime(manifest, places));
  await namespace.apply([deploymentOf(one), ...manifests]);
  const canary = namespace.canary(canaryOf(one).name);
  await canary.waitForPhase("Initialized", patience);
  await canary.setImage(images[quality]);
  return canary;
}

export async function release(
  namespace: KubernetesNamespace,
  places: Places,
  one: ExampleCase,
  quality: Quality,
): Promise<ReleaseEnd> {
  const canary = await begin(namespace, places, one, quality);
  const state = await canary.waitForEnd(patience);
  const image = await canary.primaryImage();
  return { state, image, events: await eventsOf(namespace, canary.name) };
}

/** With the last words of both, which may come late; of Flagger's Kubernetes may have taken no more. */
async function eventsOf(namespace: KubernetesNamespace, name: string): Promise<readonly EventLine[]> {
  const read = () => namespace.events(`Canary/${name}`);
  const has = (events: readonly EventLine[], text: RegExp) =>
    events.some(({ reason, message }) => text.test(`${reason} ${message}`));
  const isJudged = (events: readonly EventLine[]) =>
    !has(events, /^CoalmineStarted /) || has(events, /^Coalmine(Pass|Fail|Inc)/);
  const judged = { what: `the verdict on ${name} is told`, read, until: isJudged, seconds: patience };
  await namespace.waitFor(judged);
  const isEnded = (events: readonly EventLine[]) => has(events, / (Promotion completed|Canary failed)!/);
  const ended = { what: `the end of ${name} is told`, read, until: isEnded, seconds: 15 };
  return await namespace.waitFor(ended).catch(read);
}

/** What people read of it, for a test that is surprised. */
export function whyOf({ events }: ReleaseEnd): string {
  return events.map(({ type, from, reason, message }) => `${type} ${from} ${reason}: ${message}`).join("\n");
}
