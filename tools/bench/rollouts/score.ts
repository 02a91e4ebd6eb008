// The scoring table of the benchmark: every number with its denominator.
import { unreachable } from "../../../src/base/unreachable.ts";
import type { RolloutAnswer } from "../judge-rollout.ts";
import { familyName } from "./families.ts";
import type { Rollout } from "./truth.ts";

/** A rollout and how it was answered. */
export interface Scored {
  readonly id: string;
  readonly seed: number;
  readonly rollout: Rollout;
  readonly isClear: boolean;
  readonly answer: RolloutAnswer;
  /** Minutes from the rollout's start to the verdict. */
  readonly minute: number;
}

const lowTrafficFamily = 6;
const trafficStopsFamily = 20;

/** What an answer counts as. */
export type Outcome =
  | "right"
  | "false abort"
  | "undecided"
  | "detected"
  | "early"
  | "missed"
  | "not found"
  | "silent pass"
  | "abort without data";

export function outcomeOf({ rollout, answer, minute }: Scored): Outcome {
  const { expected, alsoRight, onset } = rollout;
  const { verdict } = answer;
  if (verdict !== "fail" && alsoRight.includes(verdict)) return "right";
  switch (expected) {
    case "pass":
      return ({ pass: "right", fail: "false abort", inconclusive: "undecided" } as const)[verdict];
    case "fail":
      if (verdict === "fail") return minute >= onset ? "detected" : "early";
      return verdict === "pass" ? "missed" : "not found";
    case "inconclusive":
      return ({ pass: "silent pass", fail: "abort without data", inconclusive: "right" } as const)[verdict];
    default:
      return unreachable(expected);
  }
}

/** Outcomes that no judge should have. */
export function isFault(scored: Scored): boolean {
  const outcome = outcomeOf(scored);
  if (outcome === "undecided") return true;
  if (outcome === "missed" || outcome === "not found") return scored.isClear || isTrafficStop(scored);
  return (
    outcome === "false abort" ||
    outcome === "silent pass" ||
    outcome === "early" ||
    outcome === "abort without data"
  );
}

/** Totals and a table by family, as markdown. */
export function scoreTable(all: readonly Scored[]): string {
  const good = all.filter(({ rollout }) => rollout.expected === "pass");
  const bad = all.filter((one) => one.rollout.expected === "fail" && !isTrafficStop(one));
  const clear = bad.filter(({ isClear }) => isClear);
  const hard = bad.filter(({ isClear }) => !isClear);
  const stops = all.filter(isTrafficStop);
  const low = good.filter(({ rollout }) => rollout.family === lowTrafficFamily);
  const enough = good.filter(({ rollout }) => rollout.family !== lowTrafficFamily);
  const none = all.filter(({ rollout }) => rollout.expected === "inconclusive");
  const detected = clear.filter((one) => outcomeOf(one) === "detected");
  const rows = [
    ["false aborts", of(good, "false abort")],
    ["undecided on good", of(enough, "undecided")],
    [
      "low traffic: inconclusive",
      `${low.filter(({ answer }) => answer.verdict === "inconclusive").length}/${low.length}`,
    ],
    ["clear regressions detected", of(clear, "detected")],
    ["delay, median / 90th percentile", delays(detected)],
    ["missed (passed)", of(clear, "missed")],
    ["left inconclusive", of(clear, "not found")],
    ["early", of(bad, "early")],
    [
      "hard regressions: detected / passed / inconclusive",
      `${of(hard, "detected")} / ${of(hard, "missed")} / ${of(hard, "not found")}`,
    ],
    [
      "lost traffic: failed / inconclusive / passed",
      `${of(stops, "detected")} / ${of(stops, "right")} / ${of(stops, "missed")}`,
    ],
    ["silent passes where no verdict is possible", of(none, "silent pass")],
  ];
  return [
    "| count | measured |",
    "| --- | --- |",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    "| family | rollouts | pass | fail | inconclusive | delay, median | faults |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...Map.groupBy(all, ({ rollout }) => rollout.family)
      .entries()
      .map(([family, ones]) => familyRow(family, ones)),
  ].join("\n");
}

function familyRow(family: number, ones: readonly Scored[]): string {
  const count = (verdict: string) => ones.filter(({ answer }) => answer.verdict === verdict).length;
  const detected = ones.filter((one) => outcomeOf(one) === "detected");
  const delay = detected.length === 0 ? "–" : `${median(detected.map(delayOf)).toFixed(1)} min`;
  const verdicts = `${count("pass")} | ${count("fail")} | ${count("inconclusive")}`;
  const faults = ones.filter(isFault).length;
  return `| ${family} ${familyName(family)} | ${ones.length} | ${verdicts} | ${delay} | ${faults} |`;
}

function isTrafficStop({ rollout }: Scored): boolean {
  return rollout.family === trafficStopsFamily;
}

function of(all: readonly Scored[], outcome: Outcome): string {
  return `${all.filter((one) => outcomeOf(one) === outcome).length}/${all.length}`;
}

function delayOf({ minute, rollout }: Scored): number {
  return minute - rollout.onset;
}

function delays(detected: readonly Scored[]): string {
  const sorted = detected.map(delayOf).sort((a, b) => a - b);
  if (sorted.length === 0) return "–";
  return `${median(sorted).toFixed(1)} / ${sorted[Math.floor(0.9 * (sorted.length - 1))]?.toFixed(1)} min`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
