import { Writable } from "node:stream";
import { isHclogLine } from "../hclog-logger.ts";
import { type OutputStreams, reserveStdout } from "../reserve-stdout.ts";
import type { OutputChannel, PrintedOutput } from "./printed-output.ts";

/**
 * From now on what is written to standard output is kept for the host's stream
 * and nowhere else; what is written to standard error goes there as before, where
 * the host logs it, and is kept too. Lines of an hclog logger are not kept: they
 * are the log and not output. Returns the way to write to the real standard
 * output.
 */
export function keepOutput(streams: OutputStreams, output: PrintedOutput): (text: string) => void {
  const print = reserveStdout(streams, keeping("stdout", output));
  const { stderr } = streams;
  const kept = keeping("stderr", output);
  const write = stderr.write;
  stderr.write = (chunk: unknown, encoding?: unknown, ...rest: unknown[]): boolean => {
    if (typeof encoding === "string" && Buffer.isEncoding(encoding)) kept.write(chunk, encoding);
    else kept.write(chunk);
    return Reflect.apply(write, stderr, [chunk, encoding, ...rest]);
  };
  return print;
}

/** A stream, for its way with strings, encodings and callbacks. */
function keeping(channel: OutputChannel, output: PrintedOutput): Writable {
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      if (!isHclogLine(bytes)) output.print(channel, bytes);
      done();
    },
  });
}
