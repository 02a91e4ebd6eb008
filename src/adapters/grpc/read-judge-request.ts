import type { JudgeRequest as Judged } from "../../analysis/judge.ts";
import type { Problem } from "../../base/errors.ts";
import type { CohortCounts, JudgedCounts, JudgedTick, JudgedWindow, JudgeRequest } from "./messages.ts";
import { readSpecWithin } from "./read-spec.ts";
import { refusedRequest } from "./refused-request.ts";
import { readTimestamp } from "./timestamp.ts";

/** A day of minutes. */
const maxTicks = 1_440;

/**
 * Reads what is to be judged.
 *
 * @throws CoalmineError with every problem of the request and of the spec in it:
 *   invalid-spec where only the spec is wrong, else invalid-request.
 */
export function readJudgeRequest(request: JudgeRequest): Judged {
  const problems: Problem[] = [];
  const read = readSpecWithin(request);
  const judged = readJudged(request, (path, message) => void problems.push({ path, message }));
  if (read.kind === "spec" && problems.length === 0) return { ...judged, spec: read.spec };
  if (read.kind === "spec") throw refusedRequest(problems);
  const code =
    problems.length === 0 && read.error.code === "invalid-spec" ? "invalid-spec" : "invalid-request";
  throw refusedRequest([...problems, ...read.problems], code);
}

/** Hears what is wrong. */
type Complain = (path: string, message: string) => void;

type WithoutSpec<Kind extends Judged> = Kind extends Judged ? Omit<Kind, "spec"> : never;

function readJudged({ window, counts, ticks }: JudgeRequest, complain: Complain): WithoutSpec<Judged> {
  if (counts != null) return { kind: "counts", counts: readCounts(counts, "counts", complain) };
  if (ticks == null) return { kind: "window", ...readWindow(window ?? null, complain) };
  const { length } = ticks.ticks;
  if (length < 1 || length > maxTicks) complain("ticks", `expected 1 to ${maxTicks} ticks, got ${length}`);
  return {
    kind: "ticks",
    ticks: ticks.ticks.map((tick, index) => readTick(tick, `ticks.${index}`, complain)),
  };
}

function readWindow(window: JudgedWindow | null, complain: Complain) {
  const moment = (name: "from" | "to") => {
    const given = window?.[name] ?? null;
    if (given === null) return {};
    const ms = readTimestamp(given);
    if (ms === null) complain(`window.${name}`, "is no moment from 1970 to 9999");
    return { [name]: ms ?? 0 };
  };
  return { ...moment("from"), ...moment("to") };
}

function readTick({ metrics }: JudgedTick, path: string, complain: Complain) {
  const entries = Object.entries(metrics).map(([name, counts]) => {
    const at = `${path}.metrics.${name}`;
    if (name === "" || name.length > 253) complain(at, "expected a metric's name of 1 to 253 characters");
    return [name, readCounts(counts, at, complain)] as const;
  });
  return { metrics: Object.fromEntries(entries) };
}

function readCounts({ canary, baseline }: JudgedCounts, path: string, complain: Complain) {
  if (canary === null) complain(`${path}.canary`, "is missing; expected its total and bad");
  return {
    canary: readCohort(canary ?? { total: 0, bad: 0 }, `${path}.canary`, complain),
    baseline: baseline === null ? null : readCohort(baseline, `${path}.baseline`, complain),
  };
}

function readCohort(counts: CohortCounts, path: string, complain: Complain): CohortCounts {
  for (const name of ["total", "bad"] as const) {
    // Of a number past 2^53 the last digits were lost on the way in.
    if (!Number.isSafeInteger(counts[name])) {
      complain(`${path}.${name}`, "expected a whole number from 0 to 2^53 - 1");
    }
  }
  if (counts.bad > counts.total) complain(`${path}.bad`, "is more than total");
  return counts;
}
