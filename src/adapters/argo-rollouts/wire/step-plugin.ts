import type { Logger } from "../../../base/logger.ts";
import type { Plugin, RpcMethod } from "../../../wire/go-plugin/index.ts";
import type { StepProvider, StepRequest, StepResult } from "../step-provider.ts";
import { commonMethods } from "./common-methods.ts";
import { reportFault } from "./fault.ts";
import { goStepResponse } from "./go-types.ts";
import { readArgs } from "./read-args.ts";
import { readStepRequest } from "./read-step-request.ts";
import { writeStepResult } from "./write-step-result.ts";

/** After a fault of ours; the controller waits as long after an error. */
const faultRetryMs = 30_000;

/** What the plugin needs besides its provider. */
export interface StepPluginOptions {
  /** Hears of faults. */
  readonly logger: Logger;
}

/**
 * The provider as the controller calls it: the methods of rollout/steps/plugin/rpc
 * of argo-rollouts, dispensed as `RpcStepPlugin`.
 *
 * What `run` throws leaves the step Running with the status it had, to be called
 * again in 30 s. An RpcError would make its phase Error, and the controller
 * neither terminates nor aborts a step that is not Running (plugin.go).
 * `terminate` and `abort` are called once, and Running is made Failed there with
 * words about something else: what they throw is an RpcError.
 */
export function createStepPlugin(provider: StepProvider, options: StepPluginOptions): Plugin {
  const { logger } = options;
  return () => ({
    ...commonMethods,
    Run: stepping(
      "step.RunArgs",
      (request) => provider.run(request),
      (fault, { status }) => {
        const message = reportFault(logger, "step Run", fault);
        return { Result: writeStepResult(stillRunning(message), status) };
      },
    ),
    Terminate: stepping(
      "step.TerminateArgs",
      (request) => provider.terminate(request),
      (fault) => ({
        Error: { ErrorString: reportFault(logger, "step Terminate", fault) },
      }),
    ),
    Abort: stepping(
      "step.AbortArgs",
      (request) => provider.abort(request),
      (fault) => ({
        Error: { ErrorString: reportFault(logger, "step Abort", fault) },
      }),
    ),
  });
}

function stepping(
  argsName: string,
  ask: (request: StepRequest) => Promise<StepResult>,
  onFault: (fault: unknown, request: StepRequest) => ReturnType<RpcMethod["handle"]>,
): RpcMethod {
  return {
    reply: goStepResponse,
    async handle(args) {
      const request = readStepRequest(readArgs(args, argsName));
      try {
        return { Result: writeStepResult(await ask(request), request.status) };
      } catch (fault) {
        return onFault(fault, request);
      }
    },
  };
}

function stillRunning(message: string): StepResult {
  return {
    phase: "Running",
    message: `${message}; asked again in ${faultRetryMs / 1_000} s`,
    requeueAfterMs: faultRetryMs,
    status: null,
  };
}
