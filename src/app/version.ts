import { readFile } from "node:fs/promises";
import { packageFile } from "../base/package-file.ts";

/** The package's version. */
export async function readVersion(): Promise<string> {
  const found: unknown = JSON.parse(await readFile(packageFile("package.json"), "utf8"));
  const hasVersion = typeof found === "object" && found !== null && "version" in found;
  return hasVersion ? String(found.version) : "unknown";
}
