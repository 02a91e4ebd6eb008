import type { GoType } from "./go-type.ts";
import { baseOf, declaredName, printedType } from "./go-type-name.ts";
import { basicId, firstUserId } from "./wire-type.ts";

/** A type with its number in a stream. */
export interface NumberedType {
  /** 0 only while the types it holds are being numbered. */
  id: number;
  /** The name in its definition. It depends on where the type was met first: an element has none. */
  readonly name: string;
  /** The types it holds: fields; or the element; or key and element. */
  readonly parts: NumberedType[];
}

/**
 * Numbers the types of a stream in the order in which Go does (newTypeObject in
 * Go's encoding/gob/type.go): a struct before its fields; arrays, slices and maps
 * after what they hold.
 */
export class TypeIds {
  readonly #numbered = new Map<string, NumberedType>();
  readonly #objects = new Map<GoType, number>();
  #next = firstUserId;

  /** What tells one Go type from another: the object, for a struct or an opaque type; else how it is made. */
  keyOf(type: GoType): string {
    switch (type.kind) {
      case "slice":
        return `${type.name ?? ""}[]${this.keyOf(type.elem)}`;
      case "array":
        return `[${type.length}]${this.keyOf(type.elem)}`;
      case "map":
        return `${type.name ?? ""}map[${this.keyOf(type.key)}]${this.keyOf(type.elem)}`;
      case "pointer":
        return `*${this.keyOf(type.elem)}`;
      case "struct":
      case "opaque": {
        const index = this.#objects.get(type) ?? this.#objects.size;
        this.#objects.set(type, index);
        return `#${index}`;
      }
      default:
        return type.kind;
    }
  }

  /** The number of what `type` points to, and of all that it holds; the same one each time. */
  numberOf(type: GoType): NumberedType {
    return this.#number(type, declaredName(baseOf(type)));
  }

  /** The number that Go gives a pointer to an opaque type, beside the number of the type. */
  numberOfPointer(type: GoType): NumberedType {
    const key = this.keyOf(type);
    return this.#numbered.get(key) ?? this.#give(this.#add(key, ""));
  }

  #number(pointer: GoType, name: string): NumberedType {
    const type = baseOf(pointer);
    const key = this.keyOf(type);
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    switch (type.kind) {
      case "struct": {
        const added = this.#give(this.#add(key, name));
        for (const [, field] of type.fields) {
          const base = baseOf(field);
          added.parts.push(this.#give(this.#number(base, declaredName(base) || printedType(base))));
        }
        return added;
      }
      case "opaque":
        return this.#give(this.#add(key, name));
      case "slice": {
        const added = this.#add(key, name);
        added.parts.push(this.#number(type.elem, declaredName(type.elem)));
        return this.#give(added);
      }
      case "array": {
        const added = this.#add(key, name);
        added.parts.push(this.#number(type.elem, ""));
        return this.#give(added);
      }
      case "map": {
        const added = this.#add(key, name);
        added.parts.push(this.#number(type.key, ""), this.#number(type.elem, ""));
        return this.#give(added);
      }
      default:
        return { id: basicId[type.kind], name: "", parts: [] };
    }
  }

  #add(key: string, name: string): NumberedType {
    const added: NumberedType = { id: 0, name, parts: [] };
    this.#numbered.set(key, added);
    return added;
  }

  /** A type that holds itself may have its number already when its turn comes. */
  #give(type: NumberedType): NumberedType {
    if (type.id === 0) {
      type.id = this.#next;
      this.#next += 1;
    }
    return type;
  }
}
