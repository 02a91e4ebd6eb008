import { GobDecoder, type GobDecoderOptions } from "../../../src/wire/gob/gob-decoder.ts";
import type { GobValue } from "../../../src/wire/gob/gob-value.ts";

/** The values of a whole stream, which is given in chunks. */
export function decode(chunks: readonly Uint8Array[], options: GobDecoderOptions = {}): GobValue[] {
  const decoder = new GobDecoder(options);
  const values = chunks.flatMap((chunk) => [...decoder.push(chunk)]);
  decoder.end();
  return values;
}

/** A stream cut into chunks of `size` bytes. */
export function chunksOf(size: number, stream: Uint8Array): Uint8Array[] {
  const count = Math.ceil(stream.byteLength / size);
  return Array.from({ length: count }, (_, index) => stream.subarray(index * size, (index + 1) * size));
}
