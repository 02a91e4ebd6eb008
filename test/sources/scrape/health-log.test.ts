import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HealthLog } from "../../../src/sources/scrape/health-log.ts";

function logOf(...attempts: readonly (readonly [time: number, error: string | null])[]): HealthLog {
  const log = new HealthLog();
  for (const [time, error] of attempts) log.record(time, error);
  return log;
}

describe("HealthLog", () => {
  it("knows nothing before the first attempt", () => {
    expect(new HealthLog().over(0, 10)).toEqual({ kind: "unknown" });
    expect(logOf([20, null]).over(0, 10)).toEqual({ kind: "unknown" });
    expect(new HealthLog().last).toBeNull();
  });

  it("tells a target that was up, down or partly down over the window", () => {
    const log = logOf([10, null], [20, null], [30, "refused"], [40, "refused"], [50, "timeout"], [60, null]);
    expect(log.over(0, 20)).toEqual({ kind: "up" });
    expect(log.over(20, 40)).toEqual({ kind: "down", error: "refused" });
    expect(log.over(20, 50)).toEqual({ kind: "down", error: "timeout" });
    expect(log.over(10, 30)).toEqual({ kind: "partlyDown", error: "refused" });
    expect(log.over(40, 60)).toEqual({ kind: "partlyDown", error: "timeout" });
    expect(log.last).toEqual({ time: 60, error: null });
  });

  it("takes a window between two attempts to be as the one before", () => {
    const log = logOf([10, null], [20, "refused"], [30, null]);
    expect(log.over(21, 29)).toEqual({ kind: "down", error: "refused" });
    expect(log.over(31, 99)).toEqual({ kind: "up" });
    expect(log.over(11, 19)).toEqual({ kind: "up" });
  });

  it("forgets what ended by a time, and never the newest", () => {
    const log = logOf([10, "refused"], [20, "refused"], [30, null]);
    log.forgetUntil(19);
    expect(log.over(0, 20)).toEqual({ kind: "down", error: "refused" });
    log.forgetUntil(20);
    expect(log.over(0, 20)).toEqual({ kind: "unknown" });
    log.forgetUntil(99);
    expect(log.last).toEqual({ time: 30, error: null });
  });

  it("agrees with the list of all attempts on every window that holds one", () => {
    const outcomes = fc.array(fc.constantFrom(null, "a", "b"), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(outcomes, fc.nat(29), fc.nat(29), (errors, start, length) => {
        const log = logOf(...errors.map((error, index) => [index, error] as const));
        const from = start - 1;
        const to = Math.min(start + length, errors.length - 1);
        fc.pre(from < to);
        const within = errors.slice(from + 1, to + 1);
        const failed = within.filter((error) => error !== null);
        const kind = failed.length === 0 ? "up" : failed.length === within.length ? "down" : "partlyDown";
        expect(log.over(from, to).kind).toBe(kind);
      }),
    );
  });
});
