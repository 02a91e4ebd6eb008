import { seeded } from "../../test/support/seeded.ts";
import { cutUp } from "./mutate.ts";
import { type FuzzTarget, fuzzTargets, isRefusal } from "./targets.ts";

/** What came of a case. */
export interface CaseOutcome {
  readonly target: string;
  /** "read" if the bytes were taken to their end, else the code of the refusal. */
  readonly result: string;
  /** What is wrong with the reader, where that is so. */
  readonly finding: string | null;
  /** The damaged bytes. */
  readonly bytes: Buffer;
  /** CPU of this thread, in milliseconds. */
  readonly cpuMs: number;
}

const turns = fuzzTargets.flatMap((target) => Array.from({ length: target.share }, () => target));

/** No case is longer than some 100 KB. */
const maxCpuMs = 500;

/** Runs the case of this number; the same seed and number are the same case. */
export async function runCase(
  seed: number,
  index: number,
  targets: readonly FuzzTarget[] = turns,
): Promise<CaseOutcome> {
  const target = targets[index % targets.length];
  if (target === undefined) throw new RangeError("a target wanted, an empty list met");
  const random = seeded(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b));
  const bytes = target.damaged(random);
  const startedAt = process.threadCpuUsage();
  const { result, finding } = await resultOf(target, cutUp(bytes, random), random);
  const { user, system } = process.threadCpuUsage(startedAt);
  const cpuMs = (user + system) / 1_000;
  const slow = cpuMs > maxCpuMs ? `it took ${cpuMs.toFixed(0)} ms, at most ${maxCpuMs} wanted` : null;
  return { target: target.name, result, finding: finding ?? slow, bytes, cpuMs };
}

async function resultOf(target: FuzzTarget, pieces: readonly Buffer[], random: () => number) {
  try {
    await target.feed(pieces, random);
    return { result: "read", finding: null };
  } catch (thrown) {
    if (isRefusal(thrown)) return { result: thrown.code, finding: null };
    return {
      result: "fault",
      finding: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    };
  }
}
