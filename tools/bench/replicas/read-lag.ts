/** How late looks were begun, out of the histogram `coalmine_look_lag_seconds`. */

/** Looks begun so late at most, by the bucket's boundary in seconds; cumulative, rising. */
export type Lag = ReadonlyMap<number, number>;

/** @throws Error if the exposition has no such histogram. */
export function readLag(exposition: string): Lag {
  const lines = exposition.matchAll(/^coalmine_look_lag_seconds_bucket\{le="([^"]+)"[^}]*\} (\d+)$/gm);
  const lag = new Map(
    [...lines].map(([, le = "", looks]) => [le === "+Inf" ? Infinity : Number(le), Number(looks)]),
  );
  if (lag.size === 0) throw new Error("no coalmine_look_lag_seconds was told");
  return lag;
}

/** What was begun between two readings of all replicas: how many, and the boundary under which that share of it lies. */
export function lagBetween(before: readonly Lag[], after: readonly Lag[]) {
  const looks = (lags: readonly Lag[], le: number) => lags.reduce((sum, lag) => sum + (lag.get(le) ?? 0), 0);
  const boundaries = [...(after[0]?.keys() ?? [])];
  const counts = boundaries.map((le) => looks(after, le) - looks(before, le));
  const count = counts.at(-1) ?? 0;
  return {
    count,
    at: (share: number) => boundaries.find((_, i) => (counts[i] ?? 0) >= share * count) ?? Infinity,
  };
}
