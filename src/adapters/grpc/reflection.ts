import { readFile } from "node:fs/promises";
import { fromJSON, type PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { service as health } from "grpc-health-check";
import { protoFolder } from "./contract.ts";

/**
 * Reflection, v1 and v1alpha: what grpcurl and its like read the contract by. It
 * shows buf's descriptors (proto/descriptors.binpb): those that proto-loader makes
 * have other names of fields and files, and lack their imports.
 */
export async function createReflection(): Promise<ReflectionService> {
  const ours = filesIn(await readFile(new URL("descriptors.binpb", protoFolder)));
  const ofHealth = health["Check"]?.requestType.fileDescriptorProtos ?? [];
  // Of a definition only its files are looked at.
  const shown: PackageDefinition = {
    all: {
      format: "Protocol Buffer 3 EnumDescriptorProto",
      type: {},
      fileDescriptorProtos: [...ours, ...ofHealth],
    },
  };
  return new ReflectionService(shown);
}

/** google.protobuf.FileDescriptorSet, whose files are left as they are. */
const setMessage = fromJSON(
  { nested: { FileDescriptorSet: { fields: { file: { rule: "repeated", type: "bytes", id: 1 } } } } },
  {},
)["FileDescriptorSet"];

function filesIn(descriptorSet: Buffer): Buffer[] {
  if (setMessage === undefined || !("deserialize" in setMessage)) throw new TypeError("no FileDescriptorSet");
  const { deserialize } = setMessage;
  const read: unknown = typeof deserialize === "function" ? deserialize(descriptorSet) : null;
  const files: unknown = Object(read).file;
  return Array.isArray(files) ? files.filter((file) => Buffer.isBuffer(file)) : [];
}
