/** What every queue of looks does, tested in real time: a queue that waits for a database has no other. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { LookQueue } from "../../src/analysis/live/look-queue.ts";
import type { DueLook } from "../../src/analysis/ports.ts";
import { type ObservedTakes, observeTakes } from "./observe-takes.ts";

export interface TestedQueue {
  readonly queue: LookQueue;
  /** Does what a store does when it keeps a look. */
  keep(due: DueLook): Promise<void>;
}

export interface LookQueueUnderTest {
  /** A queue that is not open yet and is told of no look, with so many slots and pauses of some milliseconds after failures. */
  empty(concurrency: number): Promise<TestedQueue>;
}

const hour = 3_600_000;
const patient = { timeout: 30_000 };

export function describeLookQueue(name: string, { empty }: LookQueueUnderTest): void {
  async function opened(concurrency = 4): Promise<TestedQueue & { readonly takes: ObservedTakes }> {
    const tested = await empty(concurrency);
    const takes = observeTakes();
    onTestFinished(() => tested.queue.close(0));
    await tested.queue.open(takes.take);
    return { ...tested, takes };
  }

  describe(`${name} as a queue of looks`, () => {
    it("calls for a look that is due, once", async () => {
      const { keep, takes } = await opened();
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() - 1_000 });
      await takes.begun(1);
      await keep({ id: "b", namespace: "", dueAt: Date.now() });
      await takes.begun(2);
      expect(takes.calls).toEqual([
        { id: "a", isRetry: false },
        { id: "b", isRetry: false },
      ]);
    });

    it("calls for what it was told of before it was opened", async () => {
      const { queue, keep } = await empty(1);
      onTestFinished(() => queue.close(0));
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() });
      const takes = observeTakes();
      await queue.open(takes.take);
      await takes.begun(1);
      expect(takes.calls).toEqual([{ id: "a", isRetry: false }]);
    });

    it("calls for nothing before it is due", async () => {
      const { keep, takes } = await opened();
      let begunAt = 0;
      takes.onBegin = () => {
        begunAt = Date.now();
      };
      const dueAt = Date.now() + 300.5;
      await keep({ id: "a", namespace: "shop", dueAt });
      await takes.begun(1);
      expect(begunAt).toBeGreaterThanOrEqual(dueAt);
    });

    it("calls first for what was due first", async () => {
      const { keep, takes } = await opened(1);
      takes.hold();
      const now = Date.now();
      await keep({ id: "before", namespace: "shop", dueAt: now });
      await takes.begun(1);
      await keep({ id: "second", namespace: "shop", dueAt: now - 100 });
      await keep({ id: "first", namespace: "shop", dueAt: now - 200 });
      takes.release();
      await takes.begun(3);
      expect(takes.calls.map(({ id }) => id)).toEqual(["before", "first", "second"]);
    });

    it("goes by the time it was told last", async () => {
      const { keep, takes } = await opened(1);
      takes.hold();
      await keep({ id: "before", namespace: "shop", dueAt: Date.now() });
      await takes.begun(1);
      await keep({ id: "put off", namespace: "shop", dueAt: Date.now() - 1 });
      await keep({ id: "put off", namespace: "shop", dueAt: Date.now() + hour });
      await keep({ id: "put forward", namespace: "shop", dueAt: Date.now() + hour });
      await keep({ id: "put forward", namespace: "shop", dueAt: Date.now() });
      takes.release();
      await takes.begun(2);
      await keep({ id: "last", namespace: "shop", dueAt: Date.now() });
      await takes.begun(3);
      expect(takes.calls.map(({ id }) => id)).toEqual(["before", "put forward", "last"]);
    });

    it("calls for an analysis look after look", async () => {
      const { keep, takes } = await opened();
      let left = 5;
      takes.onEnd = async (id) => {
        left -= 1;
        if (left > 0) await keep({ id, namespace: "shop", dueAt: Date.now() + 10 });
      };
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() });
      await takes.begun(5);
      expect(takes.calls).toEqual(Array(5).fill({ id: "a", isRetry: false }));
    });

    it("calls again for a look that failed, and says so", async () => {
      const { keep, takes } = await opened();
      let failures = 2;
      takes.onEnd = async () => {
        failures -= 1;
        if (failures >= 0) throw new Error("it could not be kept");
      };
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() });
      await takes.begun(3);
      await keep({ id: "b", namespace: "shop", dueAt: Date.now() });
      await takes.begun(4);
      expect(takes.calls.map(({ isRetry }) => isRetry)).toEqual([false, true, true, false]);
    });

    it("has no more looks under way than it has slots, and says how many wait", async () => {
      const { queue, keep, takes } = await opened(2);
      takes.hold();
      for (const id of ["a", "b", "c", "d", "e"]) await keep({ id, namespace: "shop", dueAt: Date.now() });
      await expect.poll(() => queue.depth(), patient).toEqual({ underWay: 2, waiting: 3 });
      takes.release();
      await takes.begun(5);
      await expect.poll(() => queue.depth(), patient).toEqual({ underWay: 0, waiting: 0 });
      expect(takes.mostAtOnce).toBe(2);
    });

    it("gives the next free slot to a namespace that has none, and all of them to one alone", async () => {
      const { queue, keep, takes } = await opened(3);
      takes.hold();
      const dueAt = Date.now() - 1_000;
      for (let index = 0; index < 8; index++) await keep({ id: `busy ${index}`, namespace: "busy", dueAt });
      await takes.begun(3);
      // So many that the number of those that wait was never as high before.
      for (let index = 0; index < 4; index++)
        await keep({ id: `quiet ${index}`, namespace: "quiet", dueAt: Date.now() });
      await expect.poll(() => queue.depth(), patient).toEqual({ underWay: 3, waiting: 9 });
      takes.releaseOne();
      await takes.begun(4);
      expect(takes.calls.map(({ id }) => id.split(" ")[0])).toEqual(["busy", "busy", "busy", "quiet"]);
      takes.release();
      await takes.begun(12);
    });

    it("waits at its close for the looks under way, and begins none", async () => {
      const { queue, keep, takes } = await opened(1);
      takes.hold();
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() });
      await keep({ id: "b", namespace: "shop", dueAt: Date.now() });
      await takes.begun(1);
      const closed = queue.close(60_000);
      takes.release();
      await closed;
      expect(takes.calls).toHaveLength(1);
      expect(takes.aborted).toBe(0);
    });

    it("aborts at its close what does not end in time", async () => {
      const { queue, keep, takes } = await opened();
      takes.hold();
      await keep({ id: "a", namespace: "shop", dueAt: Date.now() });
      await takes.begun(1);
      await queue.close(10);
      expect(takes.aborted).toBe(1);
    });
  });
}
