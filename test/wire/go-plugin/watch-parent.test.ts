import { expect, it } from "vitest";
import { parentEnded } from "../../../src/wire/go-plugin/watch-parent.ts";
import { fakeClock } from "../../support/fake-clock.ts";

const signal = new AbortController().signal;

it("resolves at the first look that finds another parent", async () => {
  const clock = fakeClock(0);
  await parentEnded({ parentId: () => (clock.now() < 2_500 ? 70 : 1), clock, intervalMs: 1_000, signal });
  expect(clock.now()).toBe(3_000);
});

it("does not take a parent with id 1 for one that ended", async () => {
  const stop = new AbortController();
  const clock = fakeClock(0, (now) => {
    if (now >= 10_000) stop.abort(new Error("stopped"));
  });
  const watch = parentEnded({ parentId: () => 1, clock, intervalMs: 1_000, signal: stop.signal });
  await expect(watch).rejects.toThrow("stopped");
});
