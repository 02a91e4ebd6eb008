import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A frame that one of two sessions of the Go library sent to the other. */
export interface GoldenFrame {
  readonly from: "client" | "server";
  readonly bytes: Buffer;
}

/** Where test/tools/wire-golden/yamux/record has written. */
const goldenFolder = join(import.meta.dirname, "golden");

/** The scenarios that were recorded. */
export const goldenNames = readdirSync(goldenFolder).map((file) => file.replace(/[.]txt$/, ""));

/** The frames of a scenario, in the order they were sent. */
export function readGolden(name: string, folder: string = goldenFolder): readonly GoldenFrame[] {
  const lines = readFileSync(join(folder, `${name}.txt`), "utf8").split("\n");
  return lines.flatMap((line) => {
    const match = /^([<>]) ([0-9a-f]{24})([0-9a-f]*)(?:[*](\d+))?$/.exec(line);
    if (match === null) return [];
    const [, mark, header = "", payload = "", times = "1"] = match;
    const bytes = Buffer.from(header + payload.repeat(Number(times)), "hex");
    return [{ from: mark === ">" ? "client" : "server", bytes } as const];
  });
}
