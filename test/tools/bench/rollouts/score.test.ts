import { describe, expect, it } from "vitest";
import { isFault, outcomeOf, type Scored, scoreTable } from "../../../../tools/bench/rollouts/score.ts";
import type { Expected } from "../../../../tools/bench/rollouts/truth.ts";

interface Case {
  readonly expected: Expected;
  readonly verdict: Expected;
  readonly onset?: number;
  readonly minute?: number;
  readonly family?: number;
  readonly alsoRight?: readonly Expected[];
  readonly isClear?: boolean;
}

function scored({ expected, verdict, isClear = true, ...more }: Case): Scored {
  const { onset = 0, minute = 30, family = 1, alsoRight = [] } = more;
  return {
    id: "s1",
    seed: 1,
    isClear,
    minute,
    answer: { verdict, at: minute * 60, reason: "" },
    rollout: {
      family,
      style: "http",
      expected,
      minutes: 30,
      onset,
      alsoRight,
      canary: [],
      baseline: [],
      grpc: false,
      attempts: 1,
      scrapes: { restarts: [], lost: 0, gap: null, gatewayEnds: null },
    },
  };
}

describe("outcomeOf", () => {
  it.each([
    [{ expected: "pass", verdict: "fail" }, "false abort"],
    [{ expected: "pass", verdict: "inconclusive" }, "undecided"],
    [{ expected: "pass", verdict: "inconclusive", alsoRight: ["inconclusive"] }, "right"],
    [{ expected: "fail", verdict: "fail", onset: 10, minute: 12 }, "detected"],
    [{ expected: "fail", verdict: "fail", onset: 10, minute: 9 }, "early"],
    [{ expected: "fail", verdict: "pass" }, "missed"],
    [{ expected: "fail", verdict: "inconclusive" }, "not found"],
    [{ expected: "inconclusive", verdict: "pass" }, "silent pass"],
    [{ expected: "inconclusive", verdict: "inconclusive" }, "right"],
  ] as const)("calls %j %s", (one, outcome) => {
    expect(outcomeOf(scored(one))).toBe(outcome);
  });
});

describe("isFault", () => {
  it("holds a missed regression against the judge only where it was clear", () => {
    const missed = { expected: "fail", verdict: "pass" } as const;
    expect(isFault(scored({ ...missed, isClear: true }))).toBe(true);
    expect(isFault(scored({ ...missed, isClear: false }))).toBe(false);
  });

  it("holds a pass against the judge where the canary's traffic stopped", () => {
    const stopped = { expected: "fail", family: 20, isClear: false, alsoRight: ["inconclusive"] } as const;
    expect(isFault(scored({ ...stopped, verdict: "pass" }))).toBe(true);
    expect(isFault(scored({ ...stopped, verdict: "inconclusive" }))).toBe(false);
  });
});

describe("scoreTable", () => {
  it("counts each kind with its denominator", () => {
    const table = scoreTable([
      scored({ expected: "pass", verdict: "fail" }),
      scored({ expected: "pass", verdict: "pass" }),
      scored({ expected: "fail", verdict: "fail", onset: 4, minute: 9, family: 13 }),
      scored({ expected: "inconclusive", verdict: "pass", family: 21 }),
    ]);
    expect(table).toContain("| false aborts | 1/2 |");
    expect(table).toContain("| clear regressions detected | 1/1 |");
    expect(table).toContain("| delay, median / 90th percentile | 5.0 / 5.0 min |");
    expect(table).toContain("| silent passes where no verdict is possible | 1/1 |");
  });
});
