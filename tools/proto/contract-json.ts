/**
 * Services and their messages as protobuf.js has them in JSON, for a program that
 * has no .proto files beside it: the plugin's package is a few bundles.
 */
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from "./descriptors.ts";

/** The text of a contract-json.ts for these files, not yet formatted. @throws Error for what none of its messages has. */
export function contractJson(files: readonly ProtoFile[]): string {
  const root: Namespace = { nested: {} };
  for (const file of files) {
    const place = placeOf(root, file.package);
    for (const message of file.messageType) place[message.name] = messageJson(message);
    for (const one of file.enumType) place[one.name] = enumJson(one);
    for (const { name, method } of file.service) {
      const methods = method.map((one) => [
        one.name,
        // protobuf.js' types want a comment.
        { requestType: one.inputType, responseType: one.outputType, comment: "" },
      ]);
      place[name] = { methods: Object.fromEntries(methods) };
    }
  }
  return `${head}\nexport const contractJson = ${JSON.stringify(root)};\n`;
}

const head = `// Written by \`npm run proto\`; not to be edited.
/** The plugin services of proto/coalmine/v1 as ./contract.ts reads them, without comments. */
`;

interface Namespace {
  readonly nested: Record<string, unknown>;
}

function placeOf(root: Namespace, name: string): Record<string, unknown> {
  return name.split(".").reduce<Namespace>((place, part) => {
    const known = place.nested[part];
    const next = isNamespace(known) ? known : { nested: {} };
    place.nested[part] = next;
    return next;
  }, root).nested;
}

function isNamespace(value: unknown): value is Namespace {
  return typeof value === "object" && value !== null && "nested" in value;
}

function messageJson({ name, field, nestedType }: ProtoMessage) {
  const fields = field.map((one) => {
    if (one.oneofIndex !== undefined)
      throw new Error(`${name}.${one.name}: what is optional is not written yet`);
    const entry = nestedType.find(
      ({ options, name: nested }) => options.mapEntry && one.typeName?.endsWith(`.${nested}`),
    );
    return [one.jsonName, entry === undefined ? fieldJson(one) : mapJson(one, entry.field)];
  });
  return { fields: Object.fromEntries(fields) };
}

function fieldJson(field: ProtoField) {
  return {
    ...(field.label === "LABEL_REPEATED" && { rule: "repeated" }),
    type: typeOf(field),
    id: field.number,
  };
}

function mapJson({ number }: ProtoField, entry: readonly ProtoField[]) {
  const [key, value] = entry;
  if (key === undefined || value === undefined) throw new Error("a map has a key and a value");
  return { keyType: typeOf(key), type: typeOf(value), id: number };
}

function enumJson({ value }: ProtoEnum) {
  return { values: Object.fromEntries(value.map(({ name, number }) => [name, number])) };
}

function typeOf({ type, typeName }: ProtoField): string {
  return typeName ?? type.replace(/^TYPE_/, "").toLowerCase();
}
