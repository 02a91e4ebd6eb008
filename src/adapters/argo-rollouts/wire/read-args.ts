import { CoalmineError } from "../../../base/errors.ts";
import { type GobValue, isInterface } from "../../../wire/go-plugin/index.ts";
import type { Located } from "./located.ts";

/**
 * The arguments of a call: the controller sends them in an interface variable,
 * by the name their type is registered by.
 *
 * @throws CoalmineError invalid-request if they are of another type.
 */
export function readArgs(args: GobValue, registeredName: string): Located {
  if (isInterface(args) && args.name === registeredName) return { value: args.value, path: registeredName };
  const met = isInterface(args) ? args.name.slice(0, 100) : "none";
  throw new CoalmineError(
    "invalid-request",
    `argo-rollouts: arguments of type ${registeredName} wanted, ${met} met: ` +
      "is this binary configured as a plugin of another kind?",
  );
}
