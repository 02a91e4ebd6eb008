/** What is written from the .proto files and checked in: the types, and the descriptors that reflection shows. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { buf, protoFolder } from "./buf.ts";
import { contractJson } from "./contract-json.ts";
import { filesFrom, imageSchema } from "./descriptors.ts";
import { messageTypes } from "./message-types.ts";

const root = join(protoFolder, "..");

/** The contract as it was last released; breaking changes are told against it. */
export const releasedImage = join(protoFolder, "released.binpb");

/** What each adapter speaks. */
const analysisFiles = ["coalmine/v1/analysis_service.proto"];
const pluginFiles = ["metric", "step"].map((kind) => `coalmine/v1/${kind}_plugin_service.proto`);

/** Every written file's content by its path. */
export async function writtenFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const image = imageSchema.parse(JSON.parse((await buf("build", "-o", "-#format=json")).toString("utf8")));
  const files = image.file.map(withoutTheirComments);
  const plugins = filesFrom(files, pluginFiles);
  const described = buf("build", "--exclude-source-info", "--as-file-descriptor-set", "-o", "-#format=binpb");
  return new Map([
    written("src/adapters/grpc/messages.ts", messageTypes(filesFrom(files, analysisFiles))),
    written("src/adapters/argo-rollouts/services/messages.ts", messageTypes(plugins)),
    written("src/adapters/argo-rollouts/services/contract-json.ts", contractJson(plugins)),
    [join(protoFolder, "descriptors.binpb"), await described],
  ]);
}

function written(path: string, text: string): readonly [path: string, content: Buffer] {
  const file = join(root, path);
  return [file, formatted(file, text)];
}

/** Google's comments are long, and not ours to repeat. */
function withoutTheirComments<F extends { readonly package: string; readonly sourceCodeInfo: object }>(
  file: F,
): F {
  return file.package.startsWith("google.") ? { ...file, sourceCodeInfo: { location: [] } } : file;
}

function formatted(path: string, text: string): Buffer {
  const biome = join(root, "node_modules/.bin/biome");
  return execFileSync(biome, ["format", `--stdin-file-path=${path}`], { cwd: root, input: text });
}
