/** What `npm run fuzz` prints of each parser; the unit tests print nothing. */
export interface FuzzReport {
  readonly name: string;
  readonly runs: number;
  /** Of the parser alone, in milliseconds of CPU. */
  readonly cpuMs: number;
  readonly slowestMs: number;
  readonly slowest: string;
  /** What the heap grew by, in MB; without a collection it tells garbage too. */
  readonly heapMb: number;
}

export function reportFuzz({ name, runs, cpuMs, slowestMs, slowest, heapMb }: FuzzReport): void {
  if (process.env["FUZZ_RUNS"] === undefined) return;
  const perSecond = Math.round((1_000 * runs) / Math.max(1, cpuMs)).toLocaleString("en-US");
  console.log(
    `fuzz ${name}: ${runs} inputs, ${perSecond} a second, ` +
      `slowest ${slowestMs.toFixed(1)} ms, heap ${heapMb >= 0 ? "+" : ""}${heapMb.toFixed(0)} MB; ${slowest}`,
  );
}
