import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/system-clock.ts";
import { openTimerQueue } from "../../../src/work/embedded/timer-queue.ts";
import { createManualClock } from "../../sources/scrape/manual-clock.ts";
import { describeLookQueue } from "../../support/look-queue-contract.ts";
import { observeTakes } from "../../support/observe-takes.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

describeLookQueue("openTimerQueue", {
  async empty(concurrency) {
    const queue = openTimerQueue({ clock: systemClock, logger: quietLogger(), concurrency, retryMs: 5 });
    return { queue, keep: async (due) => queue.expect(due) };
  },
});

async function opened(concurrency?: number) {
  const clock = createManualClock(0);
  const logger = quietLogger();
  const takes = observeTakes();
  const queue = openTimerQueue({ clock, logger, ...(concurrency === undefined ? {} : { concurrency }) });
  await queue.open(takes.take);
  const ids = () => takes.calls.map(({ id }) => id);
  /** Lets everything run that waits for nothing. */
  const moveTo = async (time: number) => {
    clock.moveTo(time);
    await settled();
  };
  return { clock, logger, takes, queue, ids, moveTo };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("the timer queue", () => {
  it("takes each look at its time, whichever way they were told", async () => {
    const { queue, takes, ids, moveTo } = await opened();
    for (const dueAt of [30, 10, 20]) queue.expect({ id: `at ${dueAt}`, namespace: "", dueAt });
    await moveTo(9);
    expect(takes.calls).toEqual([]);
    await moveTo(10);
    expect(ids()).toEqual(["at 10"]);
    await moveTo(30);
    expect(ids()).toEqual(["at 10", "at 20", "at 30"]);
  });

  it("never takes two looks of one analysis at once", async () => {
    const { queue, takes, ids, moveTo } = await opened();
    takes.hold();
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    queue.expect({ id: "a", namespace: "", dueAt: 5 });
    queue.expect({ id: "b", namespace: "", dueAt: 6 });
    await moveTo(10);
    expect(ids()).toEqual(["a", "b"]);
    expect(await queue.depth()).toEqual({ underWay: 2, waiting: 0 });
    takes.releaseOne();
    await settled();
    expect(ids()).toEqual(["a", "b", "a"]);
  });

  it("waits twice as long after each failure of a look, half a minute at most, and logs each", async () => {
    const { clock, queue, takes, logger, moveTo } = await opened();
    takes.onEnd = () => Promise.reject(new Error("full"));
    const pauses: number[] = [];
    let last = 0;
    takes.onBegin = () => {
      pauses.push(clock.now() - last);
      last = clock.now();
    };
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    for (let time = 0; pauses.length < 9; time += 500) await moveTo(time);
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(logger.errors).toHaveLength(9);
    expect(logger.errors[1]?.fields).toMatchObject({ analysis: "a", inMs: 2_000, err: new Error("full") });
  });

  it("forgets a failure when the look was told anew meanwhile", async () => {
    const { queue, takes, moveTo, logger } = await opened();
    takes.onEnd = async (id) => {
      if (takes.calls.length > 1) return;
      queue.expect({ id, namespace: "", dueAt: 100 });
      throw new Error("after it was kept");
    };
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    await moveTo(50_000);
    expect(takes.calls).toEqual([
      { id: "a", isRetry: false },
      { id: "a", isRetry: false },
    ]);
    expect(logger.errors).toHaveLength(1);
  });

  it("takes 64 at once unless told otherwise", async () => {
    const { queue, takes } = await opened();
    takes.hold();
    for (let index = 0; index < 100; index++) queue.expect({ id: `${index}`, namespace: "", dueAt: 0 });
    expect(await queue.depth()).toEqual({ underWay: 64, waiting: 36 });
  });

  it("comes to one look for an analysis that it is told of a thousand times", async () => {
    const { queue, takes, ids } = await opened(1);
    takes.hold();
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    for (let index = 0; index < 1_000; index++) queue.expect({ id: "b", namespace: "", dueAt: -index });
    queue.expect({ id: "c", namespace: "", dueAt: -1 });
    expect(await queue.depth()).toEqual({ underWay: 1, waiting: 2 });
    takes.release();
    await settled();
    await settled();
    expect(ids()).toEqual(["a", "b", "c"]);
  });

  it("begins nothing more once it closes, and gives looks a second after their abort", async () => {
    const { clock, queue, takes, ids, moveTo } = await opened();
    takes.hold();
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    queue.expect({ id: "b", namespace: "", dueAt: 10 });
    let isClosed = false;
    const closed = queue.close(1_000).then(() => {
      isClosed = true;
    });
    queue.expect({ id: "c", namespace: "", dueAt: 0 });
    await moveTo(999);
    expect({ isClosed, aborted: takes.aborted }).toEqual({ isClosed: false, aborted: 0 });
    clock.moveTo(1_000);
    await closed;
    expect({ ids: ids(), aborted: takes.aborted }).toEqual({ ids: ["a"], aborted: 1 });
  });

  it("does not wait for a look that does not heed its abort", async () => {
    const { queue, takes, moveTo } = await opened();
    takes.onEnd = () => new Promise(() => undefined);
    queue.expect({ id: "a", namespace: "", dueAt: 0 });
    const closed = queue.close(0);
    await moveTo(1);
    await moveTo(2_000);
    await closed;
    expect(takes.calls).toHaveLength(1);
  });
});
