/** buf, as `npm ci` brings it, on the folder proto/. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export const protoFolder = join(import.meta.dirname, "../../proto");

/**
 * What it printed on standard output.
 *
 * @throws Error with what it printed, if it ends with another code than 0: that is how it tells what is wrong.
 */
export async function buf(...args: readonly string[]): Promise<Buffer> {
  const program = join(import.meta.dirname, "../../node_modules/.bin/buf");
  try {
    const options = { cwd: protoFolder, encoding: "buffer", maxBuffer: 16 * 1024 * 1024 } as const;
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: Buffer | string; stderr?: Buffer | string };
    throw new Error(`buf ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error });
  }
}
