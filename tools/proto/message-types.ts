/**
 * TypeScript types of the messages as proto-loader makes and takes them. Its own
 * generator (proto-loader-gen-types) writes a file a message, which import each
 * other in a circle through google.protobuf.Struct; these stand in one file.
 */
import {
  commentAt,
  inFile,
  memberComment,
  type ProtoEnum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoService,
} from "./descriptors.ts";

/** The text of a messages.ts for these files, not yet formatted. @throws Error for what no message of ours has. */
export function messageTypes(files: readonly ProtoFile[]): string {
  const parts = files.flatMap((file) => [
    ...file.messageType.map((message, index) => messageType(file, message, index)),
    ...file.enumType.map((enumeration, index) => enumType(file, enumeration, index)),
    ...file.service.map((service, index) => serviceType(file, service, index)),
  ]);
  return `${head}\n${parts.join("\n")}`;
}

const head = `// Written by \`npm run proto\`; not to be edited.
/**
 * The messages of proto/coalmine/v1 as ./contract.ts reads and writes them. A message that is not there is null;
 * what is optional is left out, or null; an enum's value that the contract does not know is its number.
 */
`;

function messageType(file: ProtoFile, message: ProtoMessage, index: number): string {
  const fields = message.field.map(
    (field, member) =>
      `${comment(memberComment(file, inFile.message, index, member))}  readonly ${field.jsonName}${typeOf(field, message)};`,
  );
  const said = comment(commentAt(file, inFile.message, index));
  if (fields.length === 0) return `${said}export type ${message.name} = Readonly<Record<string, never>>;\n`;
  return `${said}export interface ${message.name} {\n${fields.join("\n")}\n}\n`;
}

function enumType(file: ProtoFile, { name, value }: ProtoEnum, index: number): string {
  const words = value.map((one) => JSON.stringify(one.name));
  return `${comment(commentAt(file, inFile.enum, index))}export type ${name} = ${words.join(" | ")};\n`;
}

function serviceType(file: ProtoFile, { name, method }: ProtoService, index: number): string {
  const methods = method.map((one, member) => {
    const types = `request: ${shortName(one.inputType)}; readonly response: ${shortName(one.outputType)}`;
    const text = memberComment(file, inFile.service, index, member);
    return `${comment(text)}  readonly ${one.name}: { readonly ${types}; readonly streams: ${one.serverStreaming} };`;
  });
  return `${comment(commentAt(file, inFile.service, index))}export interface ${name} {\n${methods.join("\n")}\n}\n`;
}

/** From the colon or question mark on. */
function typeOf(field: ProtoField, { nestedType }: ProtoMessage): string {
  const entry = nestedType.find(
    (nested) => nested.options.mapEntry && field.typeName?.endsWith(`.${nested.name}`),
  );
  if (entry !== undefined) {
    const value = entry.field.find(({ name }) => name === "value");
    if (value === undefined) throw new Error(`the map ${field.name} has no value`);
    return `: Readonly<Record<string, ${singleType(value)}>>`;
  }
  const type = singleType(field);
  if (field.label === "LABEL_REPEATED") return `: readonly ${type}[]`;
  if (field.oneofIndex !== undefined) return `?: ${type} | null`;
  return field.type === "TYPE_MESSAGE" ? `: ${type} | null` : `: ${type}`;
}

function singleType({ name, type, typeName = "" }: ProtoField): string {
  switch (type) {
    case "TYPE_STRING":
      return "string";
    case "TYPE_BOOL":
      return "boolean";
    case "TYPE_BYTES":
      return "Uint8Array";
    case "TYPE_DOUBLE":
    case "TYPE_INT32":
    case "TYPE_UINT32":
    case "TYPE_INT64":
    case "TYPE_UINT64":
      return "number";
    case "TYPE_MESSAGE":
      return shortName(typeName);
    case "TYPE_ENUM":
      return `${shortName(typeName)} | number`;
    default:
      throw new Error(`${name}: no type is known for ${type}; add it to tools/proto/message-types.ts`);
  }
}

function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}

function comment(text: string): string {
  return text === "" ? "" : `/** ${text} */\n`;
}
