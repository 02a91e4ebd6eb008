// Events of one pod in one read, while they are being summed.

/** {@link Tally} under construction. */
export interface OpenTally {
  total: number;
  readonly bad: number[];
}

/** What one pod did in one look, past its warm-up and during it. */
export interface PodTally {
  readonly settled: OpenTally;
  readonly warming: OpenTally;
}

/** Nothing yet, in as many senses of bad as the metric asks about. */
export function emptyTally(senses: number): PodTally {
  return {
    settled: { total: 0, bad: new Array<number>(senses).fill(0) },
    warming: { total: 0, bad: new Array<number>(senses).fill(0) },
  };
}

export function addTally(sum: PodTally, part: PodTally): void {
  addOpenTally(sum.settled, part.settled);
  addOpenTally(sum.warming, part.warming);
}

function addOpenTally(sum: OpenTally, part: OpenTally): void {
  sum.total += part.total;
  for (const [i, bad] of part.bad.entries()) sum.bad[i] = (sum.bad[i] ?? 0) + bad;
}
