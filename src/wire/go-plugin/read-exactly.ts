import type { Readable } from "node:stream";
import { CoalmineError } from "../../base/errors.ts";

/**
 * The next `count` bytes of a stream that nobody else reads; what follows them
 * stays in the stream.
 *
 * @throws CoalmineError source-unavailable if the stream ends or is destroyed before.
 */
export async function readExactly(stream: Readable, count: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let held = Buffer.alloc(0);
  const onReadable = (): void => {
    for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
      held = Buffer.concat([held, chunk]);
      if (held.length < count) continue;
      // What is put back is news to whoever listens.
      stream.off("readable", onReadable);
      if (held.length > count) stream.unshift(held.subarray(count));
      resolve(held.subarray(0, count));
      return;
    }
  };
  const onEnd = (): void => {
    reject(
      new CoalmineError(
        "source-unavailable",
        `go-plugin: ${count} bytes wanted, the stream ended after ${held.length}`,
      ),
    );
  };
  stream.on("readable", onReadable).once("end", onEnd).once("close", onEnd);
  try {
    if (stream.readableEnded || stream.destroyed) onEnd();
    else onReadable();
    return await promise;
  } finally {
    stream.off("readable", onReadable).off("end", onEnd).off("close", onEnd);
  }
}
