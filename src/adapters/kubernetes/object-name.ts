import { CoalmineError } from "../../base/errors.ts";

/**
 * A name that holds nothing that a path would give a meaning to.
 *
 * @param what the kind that is named, for the error.
 * @throws CoalmineError invalid-request if it is no name of Kubernetes' (a DNS subdomain, RFC 1123).
 */
export function requireName(what: string, name: string): string {
  if (name.length <= 253 && /^[a-z0-9]+([.-]+[a-z0-9]+)*$/.test(name)) return name;
  throw new CoalmineError(
    "invalid-request",
    `${JSON.stringify(name.slice(0, 253))} cannot be the name of a ${what}`,
  );
}
