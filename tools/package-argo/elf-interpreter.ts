/** Reads which dynamic loader a program asks for. */
import { open } from "node:fs/promises";

/** The program header that names the loader (PT_INTERP, elf(5)). */
const interpreterHeader = 3;

/**
 * The loader's path that a 64-bit little-endian ELF program names.
 *
 * @throws Error if the file is no such program, or is linked statically.
 */
export async function readElfInterpreter(path: string): Promise<string> {
  const file = await open(path);
  try {
    const read = async (position: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead !== length) throw new Error(`${path} ends before ${position + length} bytes`);
      return buffer;
    };
    const header = await read(0, 64);
    const is64BitLittleEndian = header.readUInt8(4) === 2 && header.readUInt8(5) === 1;
    if (header.toString("latin1", 0, 4) !== "\x7fELF" || !is64BitLittleEndian) {
      throw new Error(`${path} is no 64-bit ELF program: package on linux-x64 or linux-arm64`);
    }
    const table = Number(header.readBigUInt64LE(32));
    const entryBytes = header.readUInt16LE(54);
    const entries = header.readUInt16LE(56);
    for (let index = 0; index < entries; index += 1) {
      const entry = await read(table + index * entryBytes, 56);
      if (entry.readUInt32LE(0) !== interpreterHeader) continue;
      const text = await read(Number(entry.readBigUInt64LE(8)), Number(entry.readBigUInt64LE(32)));
      return text.toString("utf8").replace(/\0+$/, "");
    }
    throw new Error(`${path} asks for no dynamic loader`);
  } finally {
    await file.close();
  }
}
