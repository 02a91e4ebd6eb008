import type * as z from "zod";

/** T without `readonly`, all the way down: zod's outputs are writable, our data is not. */
type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

/** Whether two types are the same, an optional key and a wider word included, which assigning one to the other would not show. */
type Same<A, B> =
  (<T>() => T extends Writable<A> ? 1 : 2) extends <T>() => T extends Writable<B> ? 1 : 2 ? true : false;

/**
 * A schema that does not compile unless it reads exactly a T: with a field
 * added to T, or to the schema, the call is an error until the other has it too.
 */
export function exactly<T>() {
  return <Schema extends z.ZodType>(
    schema: Same<z.output<Schema>, T> extends true ? Schema : "the schema and the type differ",
  ) => schema;
}
