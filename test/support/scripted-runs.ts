/** Runs that a test moves by hand: what each yields and when is the test's to say. */
import type { Runs } from "../../src/analysis/analyses.ts";
import type { AnalysisResult } from "../../src/analysis/result.ts";
import type { ReplayOptions } from "../../src/analysis/run/replay.ts";
import type { RunLiveOptions } from "../../src/analysis/run/run-live.ts";
import type { AnalysisStep } from "../../src/analysis/run/step.ts";
import { stepOf } from "./sample-record.ts";

export interface ScriptedRun {
  /** Of its latest look. */
  readonly options: Pick<RunLiveOptions, "id" | "spec" | "startedAt" | "signal"> & Partial<RunLiveOptions>;
  /** Lets the run yield a look whose result has these changes; ends it if it has left `running`. */
  look(changes?: Partial<AnalysisResult>): void;
  pass(): void;
  fail(error: unknown): void;
  /** Ends without a verdict, as no run should. */
  breakOff(): void;
}

export interface ScriptedRuns {
  readonly runs: Runs;
  /** One for each analysis, in the order of their first looks, replays too. */
  readonly opened: readonly ScriptedRun[];
  /** The newest. */
  readonly last: ScriptedRun;
}

type Act =
  | { readonly kind: "step"; readonly step: AnalysisStep }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "end" };

/**
 * Aborted, a run yields `cancelled`, as the real ones do. `judgeCounts` answers a pass.
 * `prepare` is told of every run as it is opened.
 */
export function scriptedRuns(prepare: (run: ScriptedRun) => void = () => undefined): ScriptedRuns {
  const scripts = new Map<string, Script>();
  const opened: ScriptedRun[] = [];
  const open = (options: RunLiveOptions | ReplayOptions) => {
    const known = scripts.get(options.id);
    const { run, steps } = known ?? script(options);
    if (known === undefined) {
      scripts.set(options.id, { run, steps });
      opened.push(run);
      prepare(run);
    }
    return steps(options);
  };
  return {
    runs: {
      live: open,
      replay: open,
      judgeCounts: ({ id, spec, startedAt }) => stepOf(id, spec, startedAt, passed).result,
    },
    opened,
    get last() {
      const last = opened.at(-1);
      if (last === undefined) throw new Error("no run was opened");
      return last;
    },
  };
}

const passed = {
  phase: "done",
  verdict: "pass",
  score: 90,
  reason: { code: "not-worse", text: "not worse than the baseline" },
} as const satisfies Partial<AnalysisResult>;

const cancelled = {
  phase: "cancelled",
  verdict: "inconclusive",
  reason: { code: "cancelled", text: "cancelled" },
} as const satisfies Partial<AnalysisResult>;

interface Script {
  readonly run: ScriptedRun;
  /** The steps from here on: a run may be left after any of them and opened again. */
  steps(options: RunLiveOptions | ReplayOptions): AsyncGenerator<AnalysisStep>;
}

function script(first: RunLiveOptions | ReplayOptions): Script {
  const { id, spec, startedAt } = first;
  const acts: Act[] = [];
  let wake = () => {};
  const act = (next: Act) => {
    acts.push(next);
    wake();
  };
  let at = startedAt;
  let options = first;

  async function nextAct(signal: AbortSignal): Promise<Act> {
    signal.addEventListener("abort", () => wake(), { once: true });
    for (;;) {
      if (signal.aborted) return { kind: "step", step: stepOf(id, spec, at, cancelled) };
      const next = acts.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function* steps(latest: RunLiveOptions | ReplayOptions): AsyncGenerator<AnalysisStep> {
    options = latest;
    for (;;) {
      const next = await nextAct(latest.signal);
      if (next.kind === "error") throw next.error;
      if (next.kind === "end") return;
      yield next.step;
      if (next.step.result.phase !== "running") return;
    }
  }

  const run: ScriptedRun = {
    get options() {
      return options;
    },
    look(changes = {}) {
      at += 15_000;
      const begun = { startedAt: new Date(startedAt).toISOString() };
      act({ kind: "step", step: stepOf(id, spec, at, { ...begun, ...changes }) });
    },
    pass: () => run.look(passed),
    fail: (error) => act({ kind: "error", error }),
    breakOff: () => act({ kind: "end" }),
  };
  return { run, steps };
}
