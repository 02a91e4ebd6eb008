import { CoalmineError, messageOf } from "../../base/errors.ts";

/** Of https://sqlite.org/rescode.html: the low byte of a code, which says what kind it is. */
const unavailable: Readonly<Record<number, string>> = {
  5: "another process has locked it",
  6: "it is locked",
  8: "it is read-only: look at the rights of the file and its folder, and how the disk is mounted",
  10: "the disk failed to read or write",
  13: "the disk, or the size that the settings allow, is full: make room, or shorten how long analyses are kept",
  14: "it cannot be opened: look at the rights of the file and its folder",
};
const damaged: Readonly<Record<number, string>> = {
  11: "the file is damaged: restore it from a back-up",
  26: "the file is not an SQLite database: name another file, or move it away",
};
const busy = 5;
const constraint = 19;
/** Extended codes of a primary key and of a unique column. */
const uniqueCodes = [1555, 2067];

/** @see SqlDatabase.faultOf */
export function sqliteFault(title: string, thrown: unknown): CoalmineError {
  if (thrown instanceof CoalmineError) return thrown;
  const errcode = codeOf(thrown);
  const options = { cause: thrown };
  if (uniqueCodes.includes(errcode))
    return new CoalmineError("conflict", `${title} holds another with the same id or key`, options);
  const kind = errcode & 0xff;
  const why = unavailable[kind];
  if (why !== undefined) return new CoalmineError("source-unavailable", `${title}: ${why}`, options);
  const message = messageOf(thrown);
  const what = kind === constraint ? `a row was refused: ${message}` : (damaged[kind] ?? message);
  return new CoalmineError("internal", `${title}: ${what}`, options);
}

/** Whether another process holds the file. */
export function isBusy(thrown: unknown): boolean {
  return (codeOf(thrown) & 0xff) === busy;
}

function codeOf(thrown: unknown): number {
  if (typeof thrown !== "object" || thrown === null || !("errcode" in thrown)) return 0;
  return typeof thrown.errcode === "number" ? thrown.errcode : 0;
}
