/** What is written from the .proto files and checked in: the types, and the descriptors that reflection shows. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { buf, protoFolder } from "./buf.ts";
import { imageSchema } from "./descriptors.ts";
import { messageTypes } from "./message-types.ts";

const root = join(protoFolder, "..");

/** The contract as it was last released; breaking changes are told against it. */
export const releasedImage = join(protoFolder, "released.binpb");

/** Every written file's content by its path. */
export async function writtenFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const image = imageSchema.parse(JSON.parse((await buf("build", "-o", "-#format=json")).toString("utf8")));
  const file = join(root, "src/adapters/grpc/messages.ts");
  const described = buf("build", "--exclude-source-info", "--as-file-descriptor-set", "-o", "-#format=binpb");
  return new Map([
    [file, formatted(file, messageTypes(image.file.map(withoutTheirComments)))],
    [join(protoFolder, "descriptors.binpb"), await described],
  ]);
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
