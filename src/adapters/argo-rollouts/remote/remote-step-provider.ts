/** The step plugin of a server: every method is asked there. */
import { writeRollout } from "../json/rollout-json.ts";
import { stepMethods } from "../services/contract.ts";
import { readStepResult } from "../services/step-result.ts";
import { shortLine } from "../short-line.ts";
import type { StepProvider, StepRequest, StepResult } from "../step-provider.ts";
import { type PluginServer, serverFailure } from "./plugin-server.ts";

/** Over the 10 s below which the controller waits for 30. */
const retryMs = 15_000;

/**
 * Holds nothing, as {@link createRemoteMetricProvider} does not. While the server
 * does not answer, a step stays Running with the status it had, and says why, until
 * the Rollout's own deadline ends it.
 */
export function createRemoteStepProvider(server: PluginServer): StepProvider {
  const { Run, Terminate, Abort } = stepMethods;

  async function stopped(method: typeof Terminate | typeof Abort, request: StepRequest): Promise<StepResult> {
    try {
      const { result } = await server.ask(method, messageOf(request));
      return readStepResult(result);
    } catch (thrown) {
      // It is called once: what runs on the server ends there by itself.
      const message = shortLine(`the analysis ends by itself; ${serverFailure(thrown).message}`);
      return { phase: "Successful", message, requeueAfterMs: 0, status: null };
    }
  }

  return {
    async run(request) {
      try {
        const { result } = await server.ask(Run, messageOf(request));
        return readStepResult(result);
      } catch (thrown) {
        const message = shortLine(`${serverFailure(thrown).message}; asked again in ${retryMs / 1_000} s`);
        return { phase: "Running", message, requeueAfterMs: retryMs, status: null };
      }
    },
    terminate: (request) => stopped(Terminate, request),
    abort: (request) => stopped(Abort, request),
  };
}

function messageOf({ rollout, config, status }: StepRequest) {
  const encoder = new TextEncoder();
  return {
    rolloutJson: writeRollout(rollout),
    configJson: encoder.encode(config),
    statusJson: encoder.encode(status),
  };
}
