/**
 * How long something that should pass may last before a measurement gives up, in
 * milliseconds: the cluster's API that is away, faults of ours and nothing else.
 */
export const patienceMs = 600_000;

/** How soon the controller asks again meanwhile, in milliseconds. */
export const retryMs = 10_000;

/**
 * Since when something has lasted that the controller keeps the beginning of, in
 * milliseconds since the epoch: `now` where nothing readable was kept, or what
 * was kept is still to come.
 *
 * @param noted an ISO time.
 */
export function notedSince(noted: string | undefined, now: number): number {
  const since = Date.parse(noted ?? "");
  return Number.isNaN(since) ? now : Math.min(since, now);
}
