import { DatabaseError } from "pg";
import { CoalmineError, messageOf } from "../../base/errors.ts";

/** What SQLSTATE codes mean for who operates the server, by whole code or class (its first two characters). */
const unavailable: Readonly<Record<string, string>> = {
  "08": "the connection failed",
  "25006": "it is read-only: it may be a standby",
  "28": "it refused the user or the password",
  "3D000": "there is no database of that name",
  "40": "another transaction was in the way",
  "42501": "the user has not the rights that are needed",
  "53": "it has no room or connections left",
  "53100": "its disk is full",
  "53300": "it has no connections left",
  "55P03": "another session holds a lock that is needed",
  "57": "it is shutting down or starting, or ended the query",
  "57014": "it ended the query, which took too long",
  "58": "its machine failed",
};
const uniqueViolation = "23505";

/** @see SqlDatabase.faultOf */
export function postgresFault(title: string, thrown: unknown): CoalmineError {
  if (thrown instanceof CoalmineError) return thrown;
  const options = { cause: thrown };
  const message = messageOf(thrown);
  if (thrown instanceof DatabaseError) {
    const code = thrown.code ?? "";
    if (code === uniqueViolation)
      return new CoalmineError("conflict", `${title} holds another with the same id or key`, options);
    const why = unavailable[code] ?? unavailable[code.slice(0, 2)];
    if (why !== undefined)
      return new CoalmineError("source-unavailable", `${title}: ${why} (${code}: ${message})`, options);
    return new CoalmineError("internal", `${title}: ${message} (${code})`, options);
  }
  if (isOurs(thrown)) return new CoalmineError("internal", `${title}: ${message}`, options);
  return new CoalmineError("source-unavailable", `${title} cannot be reached: ${reasonOf(thrown)}`, options);
}

/** What the driver throws of its own is of the connection; these are mistakes of the program. */
function isOurs(thrown: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => thrown instanceof kind);
}

/** A host with several addresses fails with an error for each and no message of its own. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(reasonOf).join("; ");
  return messageOf(thrown);
}
