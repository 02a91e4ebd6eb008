/** A Rollout of Argo as a test sees it: change its image, wait for its phase, read its analysis runs. */
import { z } from "zod";
import { type AnalysisRun, analysisRunSchema } from "./analysis-run.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";
import { conditions, listOf } from "./kubernetes-json.ts";
import type { Wait } from "./wait-until.ts";

const rolloutSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .looseObject({
      /** `Progressing`, `Paused`, `Healthy` or `Degraded`; empty until the controller has seen it. */
      phase: z.string().default(""),
      /** Why, as in `RolloutAborted: Rollout aborted update to revision 2: ...`. */
      message: z.string().default(""),
      /** The generation the status is about, as text. */
      observedGeneration: z.string().default(""),
      /** Hash of the pod template that is wanted: the canary's while an update runs. */
      currentPodHash: z.string().default(""),
      /** Hash of the pod template that is stable: the baseline's. */
      stableRS: z.string().default(""),
      abort: z.boolean().default(false),
      /** When the controller took notice of `abort`. */
      abortedAt: z.string().nullish(),
      currentStepIndex: z.number().optional(),
      /** Why it waits, as in `CanaryPauseStep` or `InconclusiveAnalysisRun`. */
      pauseConditions: listOf(z.looseObject({ reason: z.string(), startTime: z.string() })),
      conditions,
      canary: z
        .looseObject({
          /** What the step plugins said last; `status` is their own object. */
          stepPluginStatuses: listOf(
            z.looseObject({
              index: z.number(),
              name: z.string(),
              phase: z.string().default(""),
              message: z.string().default(""),
              status: z.record(z.string(), z.unknown()).optional(),
            }),
          ),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** A Rollout at one moment. What is not listed is there too, unparsed. */
export type RolloutState = z.infer<typeof rolloutSchema>;

/** What a Rollout can be in. */
export type RolloutPhase = "Progressing" | "Paused" | "Healthy" | "Degraded";

/** A pod of a Rollout. */
export interface RolloutPod {
  readonly name: string;
  /** Of its template: equals `currentPodHash` or `stableRS`. */
  readonly hash: string;
  readonly isReady: boolean;
}

/** A Rollout by name, whether or not it is there yet. */
export interface Rollout {
  readonly name: string;
  read(): Promise<RolloutState>;
  /** Starts an update: the image of the first container. Answers once the controller has taken notice. */
  setImage(image: string): Promise<void>;
  /**
   * Waits until the controller has taken notice of a change, by what it has written. One that comes while it writes
   * itself it overlooks until something else happens to the Rollout: so something does, once a second.
   */
  waitUntilNoticed(what: string, until: (state: RolloutState) => boolean): Promise<RolloutState>;
  /** Waits until the controller has seen the last change and says this phase. */
  waitForPhase(phase: RolloutPhase, seconds: number): Promise<RolloutState>;
  /** Waits until the controller has seen the last change and the state is so. */
  waitFor(what: string, until: (state: RolloutState) => boolean, seconds: number): Promise<RolloutState>;
  /** Its analysis runs, oldest first. */
  analysisRuns(): Promise<readonly AnalysisRun[]>;
  /** Waits until a run, the latest that is so, satisfies it. */
  waitForAnalysisRun(
    what: string,
    until: (run: AnalysisRun) => boolean,
    seconds: number,
  ): Promise<AnalysisRun>;
  /** The pods that are there, of both templates. */
  pods(): Promise<readonly RolloutPod[]>;
}

/** Generous: it is a matter of a second at most, on a machine that has time. */
const noticedWithin = 60;

const remindedEveryMs = 1_000;

/** What a Rollout is read through: a namespace of kubernetes-namespace.ts. */
export interface RolloutPlace {
  readonly name: string;
  readonly api: KubernetesApi;
  waitFor<T>(wait: Wait<T>): Promise<T>;
}

export function createRollout({ name: namespace, api, waitFor }: RolloutPlace, name: string): Rollout {
  const itself = { kind: "Rollout", name, namespace };
  const isOwn = (object: unknown) =>
    owned
      .parse(object)
      .metadata.ownerReferences.some((owner) => owner.kind === "Rollout" && owner.name === name);

  const rollout: Rollout = {
    name,
    read: async () => rolloutSchema.parse(await api.get(itself)),
    async setImage(image) {
      await api.patch(itself, [
        { op: "replace", path: "/spec/template/spec/containers/0/image", value: image },
      ]);
      await rollout.waitUntilNoticed(`has noticed ${image}`, isObserved);
    },
    async waitUntilNoticed(what, until) {
      let remindedAt = performance.now();
      const read = async () => {
        const state = await rollout.read();
        if (until(state) || performance.now() - remindedAt < remindedEveryMs) return state;
        remindedAt = performance.now();
        await api.patch(itself, { metadata: { annotations: { [reminder]: `${remindedAt}` } } });
        return state;
      };
      return await waitFor({ what: `Rollout ${name} ${what}`, read, until, seconds: noticedWithin });
    },
    waitForPhase: (phase, seconds) =>
      rollout.waitFor(`is ${phase}`, ({ status }) => status.phase === phase, seconds),
    waitFor: (what, until, seconds) =>
      waitFor({
        what: `Rollout ${name} ${what}`,
        read: rollout.read,
        until: (state) => isObserved(state) && until(state),
        seconds,
      }),
    async analysisRuns() {
      const objects = (await api.list({ kind: "AnalysisRun", namespace })).filter(isOwn);
      const runs = objects.map((object) => analysisRunSchema.parse(object));
      // Two of one second are in the order of their names, which count up.
      const age = ({ metadata }: AnalysisRun) => `${metadata.creationTimestamp} ${metadata.name}`;
      return runs.sort((a, b) => age(a).localeCompare(age(b), "en", { numeric: true }));
    },
    async waitForAnalysisRun(what, until, seconds) {
      const runs = await waitFor({
        what: `an AnalysisRun of ${name} ${what}`,
        read: rollout.analysisRuns,
        until: (all) => all.some(until),
        seconds,
      });
      const found = runs.findLast(until);
      if (found === undefined) throw new Error(`no run ${what}, though one was`);
      return found;
    },
    async pods() {
      const objects = await api.list({ kind: "Pod", namespace, labelSelector: hashLabel });
      const pods = objects.map((object) => podSchema.parse(object));
      const sets = (await api.list({ kind: "ReplicaSet", namespace })).filter(isOwn);
      const setNames = new Set(sets.map(({ metadata }) => metadata.name));
      return pods
        .filter(({ metadata }) => metadata.ownerReferences.some((owner) => setNames.has(owner.name)))
        .map(({ metadata, status }) => ({
          name: metadata.name,
          hash: metadata.labels[hashLabel] ?? "",
          isReady: status.conditions.some((one) => one.type === "Ready" && one.status === "True"),
        }));
    },
  };
  return rollout;
}

/** The status is about the Rollout as it is wanted now. */
function isObserved({ metadata, status }: RolloutState): boolean {
  return status.observedGeneration === `${metadata.generation}`;
}

/** An annotation that means nothing to anybody. */
const reminder = "coalmine.test/reminded";

const hashLabel = "rollouts-pod-template-hash";

const ownerReferences = listOf(z.looseObject({ kind: z.string(), name: z.string() }));

const owned = z.looseObject({ metadata: z.looseObject({ ownerReferences }) });

const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences,
  }),
  status: z
    .looseObject({
      conditions: listOf(z.looseObject({ type: z.string(), status: z.string() })),
    })
    .prefault({}),
});
