import { readFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "golden/golden.json");
const golden = JSON.parse(readFileSync(file, "utf8")) as { readonly streams: Record<string, string> };

/** The streams that test/tools/wire-golden/gob wrote with Go's own encoder. */
export const goldenNames = Object.keys(golden.streams);

/** The bytes of a stream. */
export function readGolden(name: string): Uint8Array {
  const hex = golden.streams[name];
  if (hex === undefined) throw new Error(`no golden stream ${name}`);
  return new Uint8Array(Buffer.from(hex, "hex"));
}
