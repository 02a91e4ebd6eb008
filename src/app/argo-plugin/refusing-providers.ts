/** What a plugin answers whose settings cannot be used: the fault, in the place where users look. */
import type { MetricProvider } from "../../adapters/argo-rollouts/metric-provider.ts";
import { shortLine } from "../../adapters/argo-rollouts/short-line.ts";
import type { StepProvider } from "../../adapters/argo-rollouts/step-provider.ts";
import type { Clock } from "../../base/clock.ts";
import type { CoalmineError } from "../../base/errors.ts";

/** Every measurement is Inconclusive, which pauses the Rollout: nothing was measured, so nothing may pass or fail. */
export function refusingMetricProvider({ message }: CoalmineError, clock: Clock): MetricProvider {
  const refuse = () =>
    Promise.resolve({
      phase: "Inconclusive",
      message: told(message),
      startedAt: clock.now(),
      finishedAt: clock.now(),
      resumeAt: null,
      value: "",
      metadata: {},
    } as const);
  return {
    run: refuse,
    resume: refuse,
    terminate: refuse,
    garbageCollect: () => Promise.resolve(),
    metadata: () => Promise.resolve({}),
  };
}

/** Every step is Failed: a step cannot pause a Rollout. */
export function refusingStepProvider({ message }: CoalmineError): StepProvider {
  const nothing = { requeueAfterMs: 0, status: null } as const;
  const done = () =>
    Promise.resolve({ phase: "Successful", message: "nothing to stop", ...nothing } as const);
  return {
    run: () => Promise.resolve({ phase: "Failed", message: told(message), ...nothing }),
    terminate: done,
    abort: done,
  };
}

function told(message: string): string {
  return shortLine(`the coalmine plugin is not set up: ${message}`);
}
