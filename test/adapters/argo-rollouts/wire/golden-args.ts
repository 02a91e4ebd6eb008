import type { GobStruct, GobValue } from "../../../../src/wire/go-plugin/index.ts";
import { GobDecoder } from "../../../../src/wire/gob/gob-decoder.ts";
import { readGolden } from "../../../wire/gob/read-golden.ts";

/** What a golden stream of Go holds, decoded: the arguments of calls as the controller sends them. */
export function goldenArgs(name: string): readonly GobValue[] {
  return [...new GobDecoder().push(readGolden(name))];
}

/** The struct in the interface value that a golden stream begins with. */
export function goldenStruct(name: string): GobStruct {
  const [args] = goldenArgs(name);
  return Object(Object(args).value);
}

/** A field of a struct. */
export function fieldOf(struct: GobStruct, name: string): GobStruct {
  return Object(struct[name]);
}
