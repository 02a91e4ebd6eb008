import { describe, expect, it } from "vitest";
import { shareReads } from "../../../src/adapters/kubernetes/shared-reads.ts";
import { fakeClock } from "../../support/fake-clock.ts";

const never = () => new AbortController().signal;

describe("shareReads", () => {
  it("lets one who gives up leave the others their answer", async () => {
    const { read, answers } = openReads();
    const leaver = new AbortController();
    const left = read("a", leaver.signal);
    const kept = read("a", never());
    leaver.abort(new Error("no longer wanted"));
    await expect(left).rejects.toThrow("no longer wanted");
    answers[0]?.resolve("first");
    expect(await kept).toBe("first");
  });

  it("starts nothing for one who has given up", async () => {
    const { read, answers } = openReads();
    await expect(read("a", AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    expect(answers).toHaveLength(0);
  });

  it("shares a failure with those who wait, and asks again for the next", async () => {
    const { read, answers } = openReads();
    const waiting = [read("a", never()), read("a", never())];
    answers[0]?.reject(new Error("away"));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = read("a", never());
    answers[1]?.resolve("back");
    expect(await next).toBe("back");
    expect(answers).toHaveLength(2);
  });

  it("asks again when the clock was set back", async () => {
    let now = 10_000;
    const { read, answers } = openReads(() => now);
    const first = read("a", never());
    answers[0]?.resolve("first");
    await first;
    now = 5_000;
    const second = read("a", never());
    answers[1]?.resolve("second");
    expect(await second).toBe("second");
  });
});

function openReads(now = () => 0) {
  const answers: PromiseWithResolvers<string>[] = [];
  const started = () => {
    const answer = Promise.withResolvers<string>();
    answers.push(answer);
    return answer.promise;
  };
  const read = shareReads(started, { clock: { ...fakeClock(0), now }, freshMs: 2_000 });
  return { read, answers };
}
