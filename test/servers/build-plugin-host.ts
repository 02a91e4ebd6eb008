/** The host of the tests of go-plugin's gRPC protocol: test/tools/plugin-host, built once. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms } from "./build-go-programs.ts";
import { fingerprint } from "./build-grpc-client.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";

const moduleFolder = join(import.meta.dirname, "../tools/plugin-host");

/**
 * Path of the program, from the cache or built in half a minute. When a source
 * changes, go.mod among them, it is built again.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or the build fails.
 */
export async function buildPluginHost(say: (line: string) => void = () => {}): Promise<string> {
  const sources = readdirSync(moduleFolder).sort();
  const name = `plugin-host-${fingerprint(sources.map((file) => join(moduleFolder, file)))}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) =>
    buildGoPrograms({ title: "the go-plugin host", moduleFolder, packages: ["."] }, into, say),
  );
  return join(folder, "plugin-host");
}
