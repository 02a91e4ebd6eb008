/** From a template's configuration to an analysis that is followed: the same for a measurement and a step. */

import { nextLookAfter } from "../../analysis/advance/look-times.ts";
import type { AnalysisRecord } from "../../analysis/analysis-record.ts";
import type { AnalysisSpec } from "../../analysis/spec/model.ts";
import type { Clock } from "../../base/clock.ts";
import type { CoalmineError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { completeConfiguration, type SpecDocument, wantsHash } from "./configuration.ts";
import type { AnalysisRunView, RolloutReader } from "./controller-view.ts";
import { type Follower, knownAnalysis } from "./follower.ts";
import { packState, unpackState } from "./packed-state.ts";
import { hashLabel, type Release, type WantedHashes } from "./release.ts";

/** What both providers work with. */
export interface ProviderOptions {
  readonly follower: Follower;
  readonly rollouts: RolloutReader;
  /**
   * Opens the source at an address that a template gives in place of a name; the
   * address is its name.
   *
   * @throws CoalmineError invalid-spec if the settings do not allow the address.
   */
  readonly openSource: (address: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long after a look's time its answer is known: the sources' ingestion delay and a little more, in milliseconds. */
  readonly answerDelayMs: number;
}

/** What the analysis is taken up from, where this process does not know it. */
export interface TakeUp {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What `packed` of this file gave the controller to keep; "" if it has nothing. */
  readonly kept: string;
  /** Asked where the analysis is not known yet. @throws CoalmineError invalid-spec if it cannot be read. */
  document(): SpecDocument;
  release(wanted: WantedHashes): Promise<Release>;
}

/**
 * The analysis as it is known by now; taken up from what the controller kept,
 * or begun.
 *
 * @throws CoalmineError invalid-spec for what is wrong with the template,
 *   source-unavailable when the Rollout cannot be read for now.
 */
export async function takeUp(options: ProviderOptions, from: TakeUp): Promise<AnalysisRecord> {
  const { follower } = options;
  const { id, startedAt } = from;
  const known = await knownAnalysis(follower, id);
  if (known !== null) return known;
  const analysis = unpacked(options, from) ?? { spec: await specOf(options, from), startedAt, state: null };
  // Right before it is followed: of the addresses that templates give only the latest stay open.
  openAddresses(options, analysis.spec.sources);
  return await follower.adopt({ id, ...analysis });
}

/**
 * The state as text for the controller to keep; null where it does not fit, and
 * the past is looked at again instead. Packed once for each look, however often
 * the controller asks.
 */
export function packed(record: AnalysisRecord): string | null {
  const known = packedStates.get(record);
  if (known !== undefined) return known;
  const { spec, state, result } = record;
  const text = packState({ spec, startedAt: Date.parse(result.startedAt), state });
  packedStates.set(record, text);
  return text;
}

const packedStates = new WeakMap<AnalysisRecord, string | null>();

/** When the answer after the next look is known, in milliseconds from now; at least a second. */
export function answerInMs(
  { clock, answerDelayMs }: ProviderOptions,
  { spec, result }: AnalysisRecord,
): number {
  const now = clock.now();
  const due = nextLookAfter(spec, Date.parse(result.startedAt), now - answerDelayMs);
  return Math.max(1_000, due + answerDelayMs - now);
}

/**
 * Lets the analysis know how much traffic the canary is to get, once that has
 * been read. Nobody waits for it, and without it the analysis does what it does
 * where nobody says: so a failure is not worth a line at every look.
 */
export function followWeight(
  { follower, rollouts }: ProviderOptions,
  id: string,
  run: AnalysisRunView,
  rollout: string,
): void {
  const hash = run.labels[hashLabel];
  rollouts.read(run.namespace, rollout, AbortSignal.timeout(10_000)).then(
    (view) => {
      // The Rollout may have gone on to another canary, whose weight says nothing of this one.
      if (view === null || view.weight === null || (hash && view.canaryHash !== hash)) return;
      follower.setWeight(id, view.weight);
    },
    () => undefined,
  );
}

function unpacked({ logger }: ProviderOptions, { id, kept }: TakeUp) {
  if (kept === "") return null;
  try {
    return unpackState(kept);
  } catch (error) {
    logger.warn(
      { analysis: id, err: error },
      "the kept state cannot be read: the analysis looks at its past again",
    );
    return null;
  }
}

async function specOf(options: ProviderOptions, from: TakeUp): Promise<AnalysisSpec> {
  const document = from.document();
  // Refused before anybody is asked about the Rollout.
  openAddresses(options, [document["source"]].flat());
  const wanted = { canary: wantsHash(document, "canary"), stable: wantsHash(document, "baseline") };
  return completeConfiguration(document, await from.release(wanted));
}

function openAddresses({ openSource }: ProviderOptions, sources: readonly unknown[]): void {
  for (const source of sources) if (isAddress(source)) openSource(source);
}

function isAddress(source: unknown): source is string {
  return typeof source === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** Whether the controller should ask again: the fault is not the template's, and may pass. */
export function mayPass(error: CoalmineError): boolean {
  return error.code === "source-unavailable" || error.code === "too-large";
}
