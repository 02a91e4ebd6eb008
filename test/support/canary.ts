/** A Canary of Flagger as a test sees it: release an image, wait for its phase, see where its traffic goes. */
import { z } from "zod";
import type { KubernetesApi } from "./kubernetes-api.ts";
import { conditions } from "./kubernetes-json.ts";
import type { Wait } from "./wait-until.ts";

/** What a Canary can be in. */
export type CanaryPhase =
  | "Initializing"
  | "Initialized"
  | "Waiting"
  | "Progressing"
  | "WaitingPromotion"
  | "Promoting"
  | "Finalising"
  | "Succeeded"
  | "Failed";

const canarySchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), uid: z.string() }),
  spec: z.looseObject({
    /** `kubernetes` is blue-green without a mesh; empty is Flagger's own. */
    provider: z.string().default(""),
    targetRef: z.looseObject({ name: z.string() }),
    service: z.looseObject({ name: z.string().default("") }).prefault({}),
  }),
  status: z
    .looseObject({
      /** One of CanaryPhase; empty until Flagger has seen it. */
      phase: z.string().default(""),
      failedChecks: z.number().default(0),
      /** Flagger sets it to 0 while it waits for a promotion: see `traffic`. */
      canaryWeight: z.number().default(0),
      iterations: z.number().default(0),
      lastAppliedSpec: z.string().default(""),
      conditions,
    })
    .prefault({}),
});

/** A Canary at one moment. What is not listed is there too, unparsed. */
export type CanaryState = z.infer<typeof canarySchema>;

/** Parses one from the API. */
export function readCanary(object: unknown): CanaryState {
  return canarySchema.parse(object);
}

/** A Canary by name, whether or not it is there yet. */
export interface Canary {
  readonly name: string;
  read(): Promise<CanaryState>;
  /**
   * Releases an image: the first container's of the target Deployment. Answers once Flagger has noticed, which
   * takes a tick: the phase is that of the new release then.
   */
  setImage(image: string): Promise<void>;
  waitForPhase(phase: CanaryPhase, seconds: number): Promise<CanaryState>;
  /** Waits until it is Succeeded or Failed. */
  waitForEnd(seconds: number): Promise<CanaryState>;
  waitFor(what: string, until: (state: CanaryState) => boolean, seconds: number): Promise<CanaryState>;
  /** The image that users get: the first container's of the primary Deployment. */
  primaryImage(): Promise<string>;
}

/** What a Canary is read through: a namespace of kubernetes-namespace.ts. */
export interface CanaryPlace {
  readonly name: string;
  readonly api: KubernetesApi;
  waitFor<T>(wait: Wait<T>): Promise<T>;
}

/** Generous: a tick is ten seconds, and a release that waits for a busy machine is none of the test's matter. */
const noticedWithin = 120;

export function createCanary({ name: namespace, api, waitFor }: CanaryPlace, name: string): Canary {
  const target = async () => (await canary.read()).spec.targetRef.name;
  const canary: Canary = {
    name,
    read: async () => readCanary(await api.get({ kind: "Canary", name, namespace })),
    async setImage(image) {
      const deployment = { kind: "Deployment", name: await target(), namespace };
      const { status: before } = await canary.read();
      await api.patch(deployment, [
        { op: "replace", path: "/spec/template/spec/containers/0/image", value: image },
      ]);
      await canary.waitFor(
        `has noticed ${image}`,
        ({ status }) => !isIdle(status.phase) || status.lastAppliedSpec !== before.lastAppliedSpec,
        noticedWithin,
      );
    },
    waitForPhase: (phase, seconds) =>
      canary.waitFor(`is ${phase}`, ({ status }) => status.phase === phase, seconds),
    waitForEnd: (seconds) =>
      canary.waitFor("has ended", ({ status }) => /^(Succeeded|Failed)$/.test(status.phase), seconds),
    waitFor: (what, until, seconds) =>
      waitFor({ what: `Canary ${name} ${what}`, read: canary.read, until, seconds }),
    async primaryImage() {
      const primary = { kind: "Deployment", name: `${await target()}-primary`, namespace };
      return deploymentSchema.parse(await api.get(primary)).spec.template.spec.containers[0]?.image ?? "";
    },
  };
  return canary;
}

/** No release runs. */
function isIdle(phase: string): boolean {
  return ["", "Initializing", "Initialized", "Succeeded", "Failed"].includes(phase);
}

const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
});
