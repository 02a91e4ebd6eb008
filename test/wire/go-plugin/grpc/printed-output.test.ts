import { expect, it } from "vitest";
import {
  maxHeldBytes,
  type PrintedChunk,
  PrintedOutput,
} from "../../../../src/wire/go-plugin/grpc/printed-output.ts";

const bytes = (text: string) => Buffer.from(text);
const present = new AbortController().signal;

/** As `stdout:hello`. */
const said = ({ channel, bytes: chunk }: PrintedChunk) => `${channel}:${Buffer.from(chunk).toString()}`;

async function readAll(output: PrintedOutput): Promise<string[]> {
  output.end();
  return (await Array.fromAsync(output.read(present))).map(said);
}

it("tells what was printed in its order, before and after the reader came", async () => {
  const output = new PrintedOutput();
  output.print("stdout", bytes("a"));
  output.print("stderr", bytes("b"));
  const reader = output.read(present);
  const next = async () => said((await reader.next()).value ?? { channel: "stderr", bytes: bytes("end") });
  expect([await next(), await next()]).toEqual(["stdout:a", "stderr:b"]);
  const later = next();
  output.print("stdout", bytes("c"));
  expect(await later).toBe("stdout:c");
});

it("ends a reader when it has read all", async () => {
  const output = new PrintedOutput();
  output.print("stdout", bytes("a"));
  expect(await readAll(output)).toEqual(["stdout:a"]);
  output.print("stdout", bytes("b"));
  expect(await readAll(output)).toEqual([]);
});

it("ends a reader that waits", async () => {
  const output = new PrintedOutput();
  const waiting = output.read(present).next();
  output.end();
  expect(await waiting).toEqual({ value: undefined, done: true });
});

it("has its own copy of what was printed", async () => {
  const output = new PrintedOutput();
  const reused = bytes("a");
  output.print("stdout", reused);
  reused.write("b");
  expect(await readAll(output)).toEqual(["stdout:a"]);
});

it("cuts what is long", async () => {
  const output = new PrintedOutput();
  const text = "0123456789".repeat(10_000);
  output.print("stdout", bytes(text));
  output.end();
  const chunks = await Array.fromAsync(output.read(present), (chunk) => chunk.bytes);
  expect(Math.max(...chunks.map(({ length }) => length))).toBe(32_768);
  expect(Buffer.concat(chunks).toString()).toBe(text);
});

it("loses the oldest when nobody reads, and says how much", async () => {
  const output = new PrintedOutput();
  output.print("stdout", bytes("old"));
  output.print("stdout", Buffer.alloc(maxHeldBytes - 1, "x"));
  output.print("stderr", bytes("n"));
  const [notice, ...kept] = await readAll(output);
  expect(notice).toMatch(/^stderr:go-plugin: 3 bytes that were printed before are lost/);
  expect(kept.join("").replaceAll(/(stdout:)?x+/g, "")).toBe("stderr:n");
});

it("is read by who came last", async () => {
  const output = new PrintedOutput();
  const first = output.read(present).next();
  const second = output.read(present).next();
  output.print("stdout", bytes("a"));
  expect(await first).toEqual({ value: undefined, done: true });
  expect((await second).value).toMatchObject({ channel: "stdout" });
});

it("gives nothing to a reader that is gone", async () => {
  const output = new PrintedOutput();
  const gone = new AbortController();
  const waiting = output.read(gone.signal).next();
  gone.abort();
  output.print("stdout", bytes("a"));
  expect(await waiting).toEqual({ value: undefined, done: true });
  expect(await readAll(output)).toEqual(["stdout:a"]);
});
