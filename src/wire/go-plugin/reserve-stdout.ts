/** Keeps standard output for the handshake line: a host that meets anything else there first gives up. */

import type { Writable } from "node:stream";

/** The output of a process; `process` has this shape. */
export interface OutputStreams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/**
 * From now on whatever is written to standard output (console.log too) goes
 * elsewhere; unless told otherwise to standard error, where the host logs it.
 * Returns the way to write to the real one.
 *
 * It cannot see what is written past Node: to file descriptor 1, or by a child
 * process that inherits it.
 */
export function reserveStdout(
  { stdout, stderr }: OutputStreams,
  elsewhere: Writable = stderr,
): (text: string) => void {
  const write = stdout.write;
  stdout.write = elsewhere.write.bind(elsewhere);
  // A host that died reads neither: that must not end the plugin before it has tidied up.
  stdout.on("error", () => {});
  stderr.on("error", () => {});
  return (text) => void Reflect.apply(write, stdout, [text]);
}
