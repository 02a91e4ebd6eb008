/** StepPluginService of proto/coalmine/v1: translation, and nothing decided. */
import { textOf } from "../json/read-document.ts";
import { readRollout } from "../json/rollout-json.ts";
import type { StepProvider, StepRequest } from "../step-provider.ts";
import { stepMethods, stepServiceName } from "./contract.ts";
import type { StepPluginServiceRunRequest } from "./messages.ts";
import { bytesMethod, type PluginService } from "./plugin-service.ts";
import { writeStepResult } from "./step-result.ts";

/**
 * What over gob is a result is one here; what is an RPC error there, and a fault
 * of the provider, is thrown.
 *
 * @param providerFor the provider of what the asker may do in a namespace.
 *   @throws CoalmineError forbidden if that is nothing.
 */
export function stepPluginService<Asker>(
  providerFor: (asker: Asker, namespace: string) => StepProvider,
): PluginService<Asker> {
  const { InitPlugin, Run, Terminate, Abort, Type } = stepMethods;
  const asked = (act: "run" | "terminate" | "abort") => async (message: StepMessage, asker: Asker) => {
    const request = requestOf(message);
    const result = await providerFor(asker, request.rollout.namespace)[act](request);
    return { result: writeStepResult(result, request.status) };
  };
  return {
    name: stepServiceName,
    methods: [
      bytesMethod(InitPlugin, () => ({})),
      bytesMethod(Run, asked("run")),
      bytesMethod(Terminate, asked("terminate")),
      bytesMethod(Abort, asked("abort")),
      bytesMethod(Type, () => ({ type: "coalmine" })),
    ],
  };
}

/** The requests of all three are the same. */
type StepMessage = StepPluginServiceRunRequest;

function requestOf({ rolloutJson, configJson, statusJson }: StepMessage): StepRequest {
  return {
    rollout: readRollout(rolloutJson),
    config: textOf("Config", configJson),
    status: textOf("Status", statusJson),
  };
}
