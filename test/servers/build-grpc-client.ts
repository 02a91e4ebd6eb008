/** The Go client of the gRPC tests: test/tools/grpc-client and what is generated from proto/, built once. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildGoPrograms } from "./build-go-programs.ts";
import { cacheFolder, platform } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

const repository = join(import.meta.dirname, "../..");
const moduleFolder = join(repository, "test/tools/grpc-client");

/** The contract as a client's author gets it. */
export const protoFolder = join(repository, "proto");
export const protoFiles = [
  "analysis",
  "analysis_service",
  "metric_plugin_service",
  "step_plugin_service",
].map((name) => `coalmine/v1/${name}.proto`);

const goModule = "coalmine.test/grpc-client";
const generators = [
  "google.golang.org/protobuf/cmd/protoc-gen-go",
  "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
];

/**
 * Path of the program, from the cache or built in a minute. When the contract or
 * the client changes it is built again.
 *
 * @param say hears what is going on, a line at a time.
 * @throws Error if Go is not there or the build fails.
 */
export async function buildGrpcClient(say: (line: string) => void = () => {}): Promise<string> {
  const sources = readdirSync(moduleFolder).map((name) => join(moduleFolder, name));
  const name = `grpc-client-${fingerprint([...sources.sort(), ...contract()])}-${platform}`;
  const folder = await makeOnce(join(cacheFolder(), name), (into) => build(into, say));
  return join(folder, "grpc-client");
}

/** Of the files' content. */
export function fingerprint(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}

/** Paths of the .proto files. */
export function contract(): readonly string[] {
  return protoFiles.map((file) => join(protoFolder, file));
}

/** The generators first, then the client with what they made of the contract. */
async function build(into: string, say: (line: string) => void): Promise<void> {
  const title = "the gRPC client in Go";
  const copy = join(into, "module");
  cpSync(moduleFolder, copy, { recursive: true });
  const tools = join(into, "generators");
  mkdirSync(tools);
  await buildGoPrograms(
    { title: "protoc-gen-go and -go-grpc", moduleFolder: copy, packages: generators },
    tools,
    say,
  );
  const plugins = generators.map((generator) => ({
    local: join(tools, generator.slice(generator.lastIndexOf("/") + 1)),
    out: join(copy, "gen"),
    opt: "paths=source_relative",
  }));
  const override = [{ file_option: "go_package_prefix", value: `${goModule}/gen` }];
  const template = { version: "v2", managed: { enabled: true, override }, plugins };
  const buf = join(repository, "node_modules/.bin/buf");
  await runCommand(buf, ["generate", "--template", JSON.stringify(template)], { cwd: protoFolder });
  await buildGoPrograms({ title, moduleFolder: copy, packages: ["."] }, into, say);
  rmSync(copy, { recursive: true });
  rmSync(tools, { recursive: true });
}
