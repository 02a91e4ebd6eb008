import { CoalmineError } from "../../../base/errors.ts";

/**
 * What is wrong with a condition, or with the result it was asked about.
 *
 * @param at where in the condition's text, in UTF-16 units from 0; people are told it from 1.
 */
export function conditionFault(at: number, message: string, cause?: unknown): CoalmineError {
  return new CoalmineError("invalid-spec", `${message}, at character ${at + 1}`, { cause });
}

/** A construct of expr that is left out here: named, with what there is instead. */
export function notSupported(at: number, construct: string, instead: string): CoalmineError {
  return conditionFault(at, `${construct} is not supported in a condition; ${instead}`);
}
