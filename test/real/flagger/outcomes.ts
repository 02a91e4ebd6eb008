/** Releases that Coalmine judges behind the real Flagger, and what people can see of each: the image, and what both say. */
import { type HookType, hookTypes } from "../../../src/adapters/flagger/hook-call.ts";
import type { Canary } from "../../support/canary.ts";
import type { Manifest } from "../../support/kubernetes-api.ts";
import { type Ended, openWorkFolder } from "../coalmine-process.ts";
import { type CanaryOptions, canaryManifests, webhooksAt } from "./canary-manifests.ts";
import { recordEvents, type Teller } from "./outcomes-events.ts";
import { type FlaggerStage, type FlaggerStageOptions, openFlaggerStage } from "./stage.ts";

/** Generous, in seconds: a dozen releases run at once on whatever machine there is. */
const patience = 400;

/** A spec as in the field, with times that a test can wait for. */
export const judge: Readonly<Record<string, string>> = {
  duration: "20s",
  tick: "2s",
  interval: "1s",
  warmup: "0s",
};

/** How a fail says that a fifth of the requests fail, as those of a bad image do. */
export const aFifthFails = String.raw`(?:no metric alone, but together: .*)?errors: canary (?:19\.\d|20|20\.\d) % \([\d,]+ of [\d,]+\), baseline 0\.\d+ % `;

/** What became of a release: what users get, and what was told, as EventRecorder has it. */
export interface Outcome {
  /** `Succeeded` or `Failed`. */
  readonly phase: string;
  readonly image: string;
  readonly flagger: readonly string[];
  readonly coalmine: readonly string[];
}

/** A revision of a Canary that Flagger has noticed. */
export interface Release {
  readonly canary: Canary;
  /** What was told since it began, as EventRecorder has it. */
  told(by: Teller): readonly string[];
  /** Waits until something is told that is so, and answers it. */
  waitFor(by: Teller, text: RegExp): Promise<string>;
  /** Waits for the end, and for the last that both have to say of it. */
  end(): Promise<Outcome>;
}

export interface JudgedCanary extends CanaryOptions {
  /** Which webhooks it has; every type if left out. */
  readonly hooks?: readonly HookType[];
  /** Of every webhook; `judge` if left out. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A token, in the URL of every webhook. */
  readonly password?: string;
}

export interface OutcomeStage extends FlaggerStage {
  /** A Canary whose webhooks are Coalmine's; its threshold is two failed checks. */
  judged(options: JudgedCanary): readonly Manifest[];
  release(canary: Canary, image: string): Promise<Release>;
  /** Deploys a Canary and releases an image. */
  openAndRelease(manifests: readonly Manifest[], image: string): Promise<Release>;
  /** Runs the `coalmine` command with the stage's server. */
  command(...args: readonly string[]): Promise<Ended>;
}

export async function openOutcomeStage(options: FlaggerStageOptions = {}): Promise<OutcomeStage> {
  const opened = new AsyncDisposableStack();
  const folder = openWorkFolder();
  opened.defer(() => folder.close());
  const stage = await openFlaggerStage(options).catch(async (error: unknown) => {
    await opened.disposeAsync();
    throw error;
  });
  opened.defer(() => stage.close());
  const events = recordEvents(stage.namespace, stage.flagger.log);
  opened.defer(() => events.close());

  async function release(canary: Canary, image: string): Promise<Release> {
    const { name } = canary;
    const before = {
      flagger: events.told(name, "flagger").length,
      coalmine: events.told(name, "coalmine").length,
    };
    await canary.setImage(image);
    const told = (by: Teller) => events.told(name, by).slice(before[by]);
    const waitFor = (by: Teller, text: RegExp) => events.waitFor(name, by, text, patience, before[by]);
    return {
      canary,
      told,
      waitFor,
      async end() {
        await waitFor("flagger", /^(?:Promotion completed|Canary failed)! Scaling down /);
        const { status } = await canary.waitForEnd(patience);
        // Coalmine tries again when the API is slow to take an Event.
        const isBegun = told("coalmine").some((text) => text.includes("CoalmineStarted"));
        if (isBegun) await waitFor("coalmine", /Coalmine(?:Pass|Fail|Inconclusive|HoldTimedOut|Opened)/);
        const users = await canary.primaryImage();
        return { phase: status.phase, image: users, flagger: told("flagger"), coalmine: told("coalmine") };
      },
    };
  }

  return {
    ...stage,
    release,
    judged({ hooks = hookTypes, metadata = judge, password, ...canary }) {
      const { url } = stage.coalmine;
      const base = password === undefined ? url : url.replace("//", `//coalmine:${password}@`);
      const webhooks = webhooksAt(`${base}/flagger/v1`, hooks, metadata);
      return canaryManifests({ webhooks, ...canary, analysis: { threshold: 2, ...canary.analysis } });
    },
    openAndRelease: async (manifests, image) => await release(await stage.open(manifests), image),
    command: (...args) => folder.start("cli", args, { COALMINE_URL: stage.coalmine.url }).ended,
    close: () => opened.disposeAsync(),
  };
}

/** Work that goes on beside the tests: an error is the test's that waits for it. */
export function inBackground<T extends Readonly<Record<string, Promise<unknown>>>>(work: T): T {
  for (const one of Object.values(work)) one.catch(() => {});
  return work;
}
