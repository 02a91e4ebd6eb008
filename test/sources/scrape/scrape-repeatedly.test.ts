import { afterEach, describe, expect, it } from "vitest";
import { scrapeRepeatedly } from "../../../src/sources/scrape/scrape-repeatedly.ts";
import { createManualClock } from "./manual-clock.ts";

/** Long enough for what only waits for other promises. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("scrapeRepeatedly", () => {
  let stopping = new AbortController();

  afterEach(() => {
    stopping.abort();
    stopping = new AbortController();
  });

  function run(start: number, offsetMs: number, scrape: (time: number) => Promise<void>) {
    const clock = createManualClock(start);
    const done = scrapeRepeatedly(scrape, { clock, intervalMs: 100, offsetMs, signal: stopping.signal });
    const moveTo = async (time: number) => {
      clock.moveTo(time);
      await settled();
    };
    return { clock, done, moveTo };
  }

  it("scrapes at once, then at each interval from the offset on", async () => {
    const times: number[] = [];
    const { moveTo } = run(1_000, 30, async (time) => void times.push(time));
    for (let time = 1_000; time <= 1_300; time += 10) await moveTo(time);
    expect(times).toEqual([1_000, 1_030, 1_130, 1_230]);
  });

  it("without an offset leaves a whole interval after the first", async () => {
    const times: number[] = [];
    const { moveTo } = run(1_000, 0, async (time) => void times.push(time));
    for (let time = 1_000; time <= 1_250; time += 10) await moveTo(time);
    expect(times).toEqual([1_000, 1_100, 1_200]);
  });

  it("skips what a slow scrape outlasted and keeps to its times", async () => {
    const times: number[] = [];
    const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
    const { moveTo } = run(1_000, 0, async (time) => {
      times.push(time);
      if (time === 1_100) await slow;
    });
    for (let time = 1_000; time <= 1_350; time += 10) await moveTo(time);
    finish();
    for (let time = 1_350; time <= 1_500; time += 10) await moveTo(time);
    expect(times).toEqual([1_000, 1_100, 1_400, 1_500]);
  });

  it("ends when it is told to", async () => {
    const times: number[] = [];
    const { done, moveTo } = run(1_000, 0, async (time) => void times.push(time));
    await moveTo(1_050);
    stopping.abort();
    await done;
    await moveTo(1_200);
    expect(times).toEqual([1_000]);
  });
});
