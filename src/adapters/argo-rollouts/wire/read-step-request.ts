import type { StepRequest } from "../step-provider.ts";
import { fieldOf, type Located, rawJsonOf } from "./located.ts";
import { readRollout } from "./read-rollout.ts";

/** Reads the arguments of each method of a step plugin: a Rollout and an RpcStepContext. @throws CoalmineError invalid-request, too-large. */
export function readStepRequest(args: Located): StepRequest {
  const context = fieldOf(args, "Context");
  return {
    rollout: readRollout(fieldOf(args, "Rollout")),
    config: rawJsonOf(fieldOf(context, "Config")),
    status: rawJsonOf(fieldOf(context, "Status")),
  };
}
