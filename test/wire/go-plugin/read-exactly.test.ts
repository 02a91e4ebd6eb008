import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { readExactly } from "../../../src/wire/go-plugin/read-exactly.ts";

it("takes its bytes and leaves the others, wherever they are cut", async () => {
  const sent = Buffer.from([1, 2, 3, 4, 5, 6, 7]);
  for (let cut = 0; cut <= sent.length; cut++) {
    const stream = new PassThrough();
    const read = readExactly(stream, 4);
    stream.write(sent.subarray(0, cut));
    await new Promise(setImmediate);
    stream.end(sent.subarray(cut));
    expect([...(await read)]).toEqual([1, 2, 3, 4]);
    expect([...Buffer.concat(await stream.toArray())]).toEqual([5, 6, 7]);
  }
});

it("gives them at once if they are there", async () => {
  const stream = new PassThrough();
  stream.end(Uint8Array.of(1, 2, 3, 4));
  expect([...(await readExactly(stream, 4))]).toEqual([1, 2, 3, 4]);
  expect(await stream.toArray()).toEqual([]);
});

it("fails if the stream ends before", async () => {
  const stream = new PassThrough();
  stream.end(Uint8Array.of(1, 2, 3));
  await expect(readExactly(stream, 4)).rejects.toThrow("4 bytes wanted, the stream ended after 3");
});

it("fails if the stream is destroyed, before or while it waits", async () => {
  const stream = new PassThrough();
  const read = readExactly(stream, 4);
  stream.destroy();
  await expect(read).rejects.toThrow("4 bytes wanted");
  await expect(readExactly(stream, 4)).rejects.toThrow("4 bytes wanted");
});
