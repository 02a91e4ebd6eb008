/** The part of buf's image that the types are written from: descriptor.proto of protobuf, as JSON. */
import * as z from "zod";

const field = z.object({
  name: z.string(),
  jsonName: z.string(),
  label: z.enum(["LABEL_OPTIONAL", "LABEL_REPEATED"]),
  type: z.string(),
  typeName: z.string().optional(),
  proto3Optional: z.boolean().default(false),
  /** Of the oneof that it is a member of. */
  oneofIndex: z.int().optional(),
  number: z.int(),
});

const enumeration = z.object({
  name: z.string(),
  value: z.array(z.object({ name: z.string(), number: z.int().default(0) })),
});

const baseMessage = z.object({
  name: z.string(),
  field: z.array(field).default([]),
  options: z.object({ mapEntry: z.boolean().default(false) }).prefault({}),
});

const message = baseMessage.extend({ nestedType: z.array(baseMessage).default([]) });

const method = z.object({
  name: z.string(),
  inputType: z.string(),
  outputType: z.string(),
  serverStreaming: z.boolean().default(false),
});

const file = z.object({
  name: z.string(),
  package: z.string(),
  /** Names of the files that it imports. */
  dependency: z.array(z.string()).default([]),
  messageType: z.array(message).default([]),
  enumType: z.array(enumeration).default([]),
  service: z.array(z.object({ name: z.string(), method: z.array(method) })).default([]),
  sourceCodeInfo: z.object({
    location: z.array(
      z.object({ path: z.array(z.int()).default([]), leadingComments: z.string().default("") }),
    ),
  }),
});

export const imageSchema = z.object({ file: z.array(file) });

export type ProtoFile = z.output<typeof file>;
export type ProtoField = z.output<typeof field>;
export type ProtoMessage = z.output<typeof message>;
export type ProtoEnum = z.output<typeof enumeration>;
export type ProtoService = ProtoFile["service"][number];

/** The files of these names and all that they import, in the order of the image. @throws Error if one is not there. */
export function filesFrom(all: readonly ProtoFile[], names: readonly string[]): readonly ProtoFile[] {
  const wanted = new Set<string>();
  const left = [...names];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (wanted.has(name)) continue;
    const file = all.find((one) => one.name === name);
    if (file === undefined) throw new Error(`${name} is not in the image`);
    wanted.add(name);
    left.push(...file.dependency);
  }
  return all.filter(({ name }) => wanted.has(name));
}

/** Field numbers of descriptor.proto, which a comment's path is made of. */
export const inFile = { message: 4, enum: 5, service: 6 } as const;
const fieldOfMessage = 2;

/** What is said above the thing at a path; empty where nothing is. */
export function commentAt({ sourceCodeInfo }: ProtoFile, ...path: readonly number[]): string {
  const wanted = path.join(".");
  const found = sourceCodeInfo.location.find((location) => location.path.join(".") === wanted);
  return (found?.leadingComments ?? "").trim().replaceAll(/\s*\n\s*/g, " ");
}

/** What is said above a field of a message, or a method of a service: both are field 2 of their descriptor. */
export function memberComment(of: ProtoFile, kind: number, index: number, member: number): string {
  return commentAt(of, kind, index, fieldOfMessage, member);
}
