/** Messages made by hand. */

/** A message: the bytes of all parts, in hexadecimal, after their count. */
export function message(...parts: readonly string[]): Uint8Array {
  const body = Buffer.from(parts.join(""), "hex");
  const count =
    body.byteLength < 128 ? [body.byteLength] : [0xfe, body.byteLength >> 8, body.byteLength & 255];
  return new Uint8Array(Buffer.concat([Buffer.from(count), body]));
}

/** A signed integer below 2^13, in hexadecimal. */
export function int(value: number): string {
  const coded = value < 0 ? -2 * value - 1 : 2 * value;
  return coded < 128 ? hex(coded) : `fe${hex(coded >> 8)}${hex(coded & 255)}`;
}

/** A short text after its count, in hexadecimal. */
export function text(value: string): string {
  return hex(value.length) + Buffer.from(value).toString("hex");
}

/** A message that defines slice type `id` of the elements `elem`. */
export function defineSlice(id: number, elem: number): Uint8Array {
  return message(int(-id), "02", "01", "02", int(id), "00", "01", int(elem), "0000");
}

/** A message that defines struct type `id` with the named fields. */
export function defineStruct(id: number, fields: Readonly<Record<string, number>>): Uint8Array {
  const list = Object.entries(fields).map(([name, type]) => `01${text(name)}01${int(type)}00`);
  return message(int(-id), "03", "01", "02", int(id), "00", "01", hex(list.length), ...list, "0000");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
