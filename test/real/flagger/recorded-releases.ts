/** Releases whose webhooks are recorded, to their ends. */
import { type CanaryOptions, canaryManifests, webhooksAt } from "./canary-manifests.ts";
import type { HookRecorder, RecordedCall, Script } from "./hook-recorder.ts";
import type { FlaggerShop } from "./shop.ts";

/** A Canary and what its webhooks are answered. */
export interface RecordedRelease extends Omit<CanaryOptions, "name"> {
  readonly script?: Script;
}

export interface RecordedReleases {
  /** Releases a second image; its calls, once Flagger has said its last of it. */
  release(name: string, options: RecordedRelease): Promise<readonly RecordedCall[]>;
  /** Releases a second image, overtakes it with a third, and that with the second again, each once its analysis runs. */
  supersede(name: string): Promise<readonly RecordedCall[]>;
}

/** Generous: a dozen releases run at once on whatever machine there is. */
const patience = 400;

export function recordedReleases(shop: FlaggerShop, recorder: HookRecorder): RecordedReleases {
  async function open(name: string, { script, ...options }: RecordedRelease) {
    if (script !== undefined) recorder.answer(name, script);
    const webhooks = webhooksAt(recorder.url, undefined, { team: "shop" });
    return await shop.open(canaryManifests({ name, webhooks, ...options }));
  }
  return {
    async release(name, options) {
      const canary = await open(name, options);
      await canary.setImage("shop/checkout:2");
      await canary.waitForEnd(patience);
      return await recorder.waitFor(name, "the last event", hasLastEvent, patience);
    },
    async supersede(name) {
      const canary = await open(name, { strategy: "weights", script: denyFirst({ rollout: 100 }) });
      const analysed = async (times: number) =>
        await recorder.waitFor(
          name,
          `${times} revisions are analysed`,
          (calls) => revisionsOf(calls.filter(({ hook }) => hook === "pre-rollout")) >= times,
          patience,
        );
      await canary.setImage("shop/checkout:2");
      await analysed(1);
      await canary.setImage("shop/checkout:3");
      await analysed(2);
      await canary.setImage("shop/checkout:2");
      return await analysed(3);
    },
  };
}

/** Says no to so many first calls of these webhooks. */
export function denyFirst(times: Readonly<Record<string, number>>): Script {
  return (hook, nth) => (nth < (times[hook] ?? 0) ? { status: 403, text: "not yet" } : undefined);
}

/** After a promotion there is one more than after a rollback. */
function hasLastEvent(calls: readonly RecordedCall[]): boolean {
  const said = (start: string) => calls.some(({ metadata }) => metadata["eventMessage"]?.startsWith(start));
  return said("Promotion completed!") || (said("Canary failed!") && said("Post-rollout check"));
}

/** How often the checksum is another one than before. */
function revisionsOf(calls: readonly RecordedCall[]): number {
  return calls.filter(({ checksum }, index) => checksum !== calls[index - 1]?.checksum).length;
}
