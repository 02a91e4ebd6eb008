import { expect, it, vi } from "vitest";
import { systemClock } from "../../src/app/system-clock.ts";

const never = new AbortController().signal;

it("resolves once the time has come, never before", async () => {
  const time = systemClock.now() + 20;
  await systemClock.until(time, never);
  expect(systemClock.now()).toBeGreaterThanOrEqual(time);
});

it("resolves at once for a time that is past, and for minus infinity", async () => {
  await expect(systemClock.until(systemClock.now() - 1, never)).resolves.toBeUndefined();
  await expect(systemClock.until(Number.NEGATIVE_INFINITY, never)).resolves.toBeUndefined();
});

it("throws the signal's own reason, before and during the wait", async () => {
  const reason = new Error("the rollout was aborted");
  await expect(systemClock.until(0, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const waiting = systemClock.until(systemClock.now() + 60_000, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

it("waits on for a time that one timer cannot reach", async () => {
  // setTimeout would fire at once for it, with a warning.
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const controller = new AbortController();
  let isOver = false;
  const waiting = systemClock.until(systemClock.now() + 2 ** 40, controller.signal).finally(() => {
    isOver = true;
  });
  await systemClock.until(systemClock.now() + 20, never);
  expect(isOver).toBe(false);
  expect(warned.mock.calls.flat()).not.toContain("TimeoutOverflowWarning");
  controller.abort();
  await expect(waiting).rejects.toThrow();
});
