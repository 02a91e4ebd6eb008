/** What is told of a namespace's Canaries, kept as it comes: by Coalmine in Kubernetes' events, by Flagger in its log. */
import { z } from "zod";
import { keepLooking } from "../../support/keep-looking.ts";
import type { KubernetesNamespace } from "../../support/kubernetes-namespace.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** Who tells of Canaries. */
export type Teller = "flagger" | "coalmine";

export interface EventRecorder {
  /**
   * What was told of a Canary so far, in order. `Warning CoalmineFail …` by Coalmine. By Flagger, `Halt …`: it logs the
   * text of each event before it makes one, and Kubernetes takes no more than 25 of them in five minutes.
   */
  told(canary: string, by: Teller): readonly string[];
  /** Waits until one of them, but for the first `from`, is so, and answers it. */
  waitFor(canary: string, by: Teller, text: RegExp, seconds: number, from?: number): Promise<string>;
  close(): Promise<void>;
}

/** @param flaggerLog what the Flagger of that namespace has printed so far. */
export function recordEvents(namespace: KubernetesNamespace, flaggerLog: () => string): EventRecorder {
  const seen = new Set<string>();
  const told = new Map<string, string[]>();
  let logRead = 0;

  function add(canary: string, by: Teller, text: string): void {
    const key = `${by} ${canary}`;
    told.set(key, [...(told.get(key) ?? []), text]);
  }

  function readLog(): void {
    const log = flaggerLog();
    const end = log.lastIndexOf("\n") + 1;
    const lines = log.slice(logRead, end).split("\n");
    logRead = end;
    for (const line of lines) {
      if (!line.startsWith("{")) continue;
      const { canary, msg } = logLine.parse(JSON.parse(line));
      const place = `.${namespace.name}`;
      if (canary.endsWith(place)) add(canary.slice(0, -place.length), "flagger", msg.trim());
    }
  }

  async function look(): Promise<void> {
    const events = (await namespace.list("Event")).map((object) => eventSchema.parse(object));
    // Those of one second are in the order of their names, which count up.
    const age = ({ lastTimestamp, metadata }: Event) => `${lastTimestamp ?? ""} ${metadata.name}`;
    for (const event of events.toSorted((a, b) => age(a).localeCompare(age(b), "en"))) {
      const { metadata, involvedObject, source, type, reason, message } = event;
      if (source.component !== "coalmine" || seen.has(metadata.uid)) continue;
      seen.add(metadata.uid);
      add(involvedObject.name, "coalmine", `${type} ${reason} ${message.trim()}`);
    }
  }

  const looking = keepLooking(look);
  const toldOf = (canary: string, by: Teller) => {
    readLog();
    return told.get(`${by} ${canary}`) ?? [];
  };

  return {
    told: toldOf,
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

const logLine = z.looseObject({ canary: z.string().default(""), msg: z.string().default("") });

const eventSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), name: z.string() }),
  involvedObject: z.looseObject({ name: z.string().default("") }),
  source: z.looseObject({ component: z.string().default("") }).prefault({}),
  type: z.string().default(""),
  reason: z.string().default(""),
  message: z.string().default(""),
  lastTimestamp: z.string().nullish(),
});
type Event = z.infer<typeof eventSchema>;
