import type { CaseOutcome } from "./fuzz-case.ts";

/** What is told of many cases. */
export interface CaseCounts {
  cases: number;
  bytes: number;
  /** By `target: result`. */
  readonly results: Record<string, number>;
  readonly findings: {
    readonly index: number;
    readonly target: string;
    readonly what: string;
    readonly bytes: string;
  }[];
  /** The longest case, in milliseconds of CPU. */
  slowestMs: number;
  slowest: string;
  /** The most memory that was in use after a case, in MB. */
  heapMb: number;
}

/** Adds cases up. */
export class Tally {
  readonly counts: CaseCounts = {
    cases: 0,
    bytes: 0,
    results: {},
    findings: [],
    slowestMs: 0,
    slowest: "",
    heapMb: 0,
  };

  add(index: number, { target, result, finding, bytes, cpuMs }: CaseOutcome): void {
    const { counts } = this;
    const key = `${target}: ${result}`;
    counts.cases += 1;
    counts.bytes += bytes.length;
    counts.results[key] = (counts.results[key] ?? 0) + 1;
    if (finding !== null)
      counts.findings.push({ index, target, what: finding, bytes: bytes.toString("hex") });
    if (cpuMs <= counts.slowestMs) return;
    counts.slowestMs = cpuMs;
    counts.slowest = `case ${index}, ${target}, ${bytes.length} bytes`;
  }

  /** Adds what others have added up. */
  merge(others: CaseCounts): void {
    const { counts } = this;
    counts.cases += others.cases;
    counts.bytes += others.bytes;
    for (const [key, count] of Object.entries(others.results))
      counts.results[key] = (counts.results[key] ?? 0) + count;
    counts.findings.push(...others.findings);
    counts.heapMb = Math.max(counts.heapMb, others.heapMb);
    if (others.slowestMs <= counts.slowestMs) return;
    counts.slowestMs = others.slowestMs;
    counts.slowest = others.slowest;
  }

  measureHeap(): void {
    const { heapUsed, external } = process.memoryUsage();
    this.counts.heapMb = Math.max(this.counts.heapMb, (heapUsed + external) / 2 ** 20);
  }
}
