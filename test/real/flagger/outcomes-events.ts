/** The events of a namespace's Canaries, kept as they come: from the tenth on that are alike, Kubernetes writes over the one before. */
import { z } from "zod";
import { keepLooking } from "../../support/keep-looking.ts";
import type { KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** Who tells events of Canaries. */
export type Teller = "flagger" | "coalmine";

export interface EventRecorder {
  /**
   * What was told of a Canary so far, in order: `Warning Halt …` by Flagger, whose reason is always the same, and
   * `Warning CoalmineFail …` by Coalmine.
   */
  told(canary: string, by: Teller): readonly string[];
  /** Waits until one of them, but for the first `from`, is so, and answers it. */
  waitFor(canary: string, by: Teller, text: RegExp, seconds: number, from?: number): Promise<string>;
  /** Looks now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export function recordEvents(namespace: KubernetesNamespace): EventRecorder {
  const seen = new Set<string>();
  const told = new Map<string, string[]>();
  const toldOf = (canary: string, by: Teller) => told.get(`${by} ${canary}`) ?? [];

  async function look(): Promise<void> {
    const events = (await namespace.list("Event")).map((object) => eventSchema.parse(object));
    events.sort((a, b) => (a.lastTimestamp ?? "").localeCompare(b.lastTimestamp ?? ""));
    for (const { metadata, involvedObject, source, type, reason, message, count } of events) {
      const text = message.replace("(combined from similar events): ", "").trim();
      const said = `${metadata.uid} ${count ?? 1} ${text}`;
      if (involvedObject.kind !== "Canary" || seen.has(said)) continue;
      seen.add(said);
      const line = source.component === "flagger" ? `${type} ${text}` : `${type} ${reason} ${text}`;
      const key = `${source.component} ${involvedObject.name}`;
      told.set(key, [...(told.get(key) ?? []), line]);
    }
  }

  const looking = keepLooking(look);

  return {
    told: toldOf,
    refresh: look,
    async waitFor(canary, by, text, seconds, from = 0) {
      const find = () =>
        toldOf(canary, by)
          .slice(from)
          .find((one) => text.test(one));
      const wait = {
        what: `${by} tells of ${canary}: ${text.source}`,
        read: async () => find() ?? toldOf(canary, by),
        until: () => find() !== undefined,
        seconds,
      };
      await waitUntil(wait, async () => toldOf(canary, by === "flagger" ? "coalmine" : "flagger"));
      return find() ?? "";
    },
    close: () => looking.close(),
  };
}

const eventSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string() }),
  involvedObject: z.looseObject({ kind: z.string().default(""), name: z.string().default("") }),
  source: z.looseObject({ component: z.string().default("") }).prefault({}),
  type: z.string().default(""),
  reason: z.string().default(""),
  message: z.string().default(""),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
});
