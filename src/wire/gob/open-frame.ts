import type { ByteReader } from "./byte-reader.ts";
import { malformedGob, oversizedGob } from "./gob-fault.ts";
import type { Frame } from "./read-frame.ts";
import { type CompositeType, isComposite } from "./read-scalar.ts";
import type { WireType } from "./wire-type.ts";

/** Go's own bound on the name of a registered type. */
const maxNameLength = 1_024;

/**
 * Reads the head of a composite value: the count of a collection, the name of an
 * interface value.
 *
 * @param nodesLeft how many values more the whole may hold.
 * @returns where to put what it holds; undefined for a nil interface value.
 * @throws CoalmineError invalid-request, too-large.
 */
export function openFrame(
  type: CompositeType,
  reader: ByteReader,
  types: { typeOf(id: number): WireType },
  nodesLeft: number,
): Frame | undefined {
  switch (type.kind) {
    case "struct":
      return { kind: "struct", typeName: type.name, fields: type.fields, value: {}, index: -1 };
    case "interface": {
      const name = reader.string("name of a type");
      if (name.length > maxNameLength)
        throw malformedGob(`name of a type of ${name.length} characters, want ${maxNameLength} or fewer`);
      return name === "" ? undefined : { kind: "interface", name, contents: undefined };
    }
    default: {
      const remaining = readCount(type.kind, reader, types.typeOf(type.elem), nodesLeft);
      if (type.kind === "array" && remaining !== type.length)
        throw malformedGob(`array of ${remaining} elements, want ${type.length}`);
      if (type.kind !== "map") return { kind: "list", elem: type.elem, value: [], remaining };
      const { key: keyType, elem: elemType } = type;
      return { kind: "map", keyType, elemType, value: new Map(), remaining, key: undefined };
    }
  }
}

/**
 * A count of elements, each of which takes a byte at least. But elements that may
 * hold interface values may go on in further messages, so that what remains of
 * this one bounds only the others.
 */
function readCount(what: string, reader: ByteReader, elem: WireType, nodesLeft: number): number {
  const count = reader.count(`${what} length`);
  if (count > reader.remaining && !isComposite(elem))
    throw malformedGob(`${what} of ${count} elements, ${reader.remaining} bytes remain`);
  if (count > nodesLeft)
    throw oversizedGob(`${what} of ${count} elements, at most ${nodesLeft} more values in one`);
  return count;
}
