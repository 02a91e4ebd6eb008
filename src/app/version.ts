import { readFile } from "node:fs/promises";

/** The package's version; src/ and dist/ are as deep. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const found: unknown = JSON.parse(text);
  const hasVersion = typeof found === "object" && found !== null && "version" in found;
  return hasVersion ? String(found.version) : "unknown";
}
