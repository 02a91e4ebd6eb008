/** Composite values while they are being read. */
import type { GobValue } from "./gob-value.ts";
import type { WireField } from "./wire-type.ts";

/** A struct: the fields of its type, and the index of the one that was met last. */
export interface StructFrame {
  readonly kind: "struct";
  readonly typeName: string;
  readonly fields: readonly WireField[];
  readonly value: Record<string, GobValue>;
  index: number;
}

/** An array or a slice, and how many elements have not been met yet. */
export interface ListFrame {
  readonly kind: "list";
  readonly elem: number;
  readonly value: GobValue[];
  remaining: number;
}

/** A map, how many keys have not been met yet, and the key whose element comes next. */
export interface MapFrame {
  readonly kind: "map";
  readonly keyType: number;
  readonly elemType: number;
  readonly value: Map<GobValue, GobValue>;
  remaining: number;
  key: GobValue | undefined;
}

/** An interface value after its name: type definitions may come, then its contents. */
export interface InterfaceFrame {
  readonly kind: "interface";
  readonly name: string;
  contents: GobValue | undefined;
}

export type Frame = StructFrame | ListFrame | MapFrame | InterfaceFrame;

/** Puts a value into the composite it was met in. */
export function addToFrame(frame: Frame, value: GobValue): void {
  switch (frame.kind) {
    case "struct": {
      const field = frame.fields[frame.index];
      if (field !== undefined) frame.value[field.name] = value;
      return;
    }
    case "list":
      frame.value.push(value);
      return;
    case "map":
      if (frame.key === undefined) {
        frame.key = value;
      } else {
        frame.value.set(frame.key, value);
        frame.key = undefined;
      }
      return;
    case "interface":
      frame.contents = value;
  }
}
