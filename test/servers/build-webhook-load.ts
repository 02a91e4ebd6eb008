/** The client of the webhook benchmark: test/tools/webhook-load, built once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms } from "./build-go-programs.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";

const moduleFolder = join(import.meta.dirname, "../tools/webhook-load");

/**
 * Path of the program, from the cache or built in some seconds.
 *
 * @throws Error if Go is not there or the build fails.
 */
export async function buildWebhookLoad(say: (line: string) => void): Promise<string> {
  const source = readFileSync(join(moduleFolder, "main.go"));
  const name = `webhook-load-${createHash("sha256").update(source).digest("hex").slice(0, 12)}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) =>
    buildGoPrograms({ title: "the webhook client", moduleFolder, packages: ["."] }, into, say),
  );
  return join(folder, "webhook-load");
}
