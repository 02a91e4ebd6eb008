import { Console } from "node:console";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { reserveStdout } from "../../../src/wire/go-plugin/reserve-stdout.ts";

function streams() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  return { stdout, stderr, read: (stream: PassThrough) => String(stream.read() ?? "") };
}

it("sends to standard error what is written to standard output", () => {
  const { stdout, stderr, read } = streams();
  reserveStdout({ stdout, stderr });
  stdout.write("hello\n");
  new Console(stdout, stderr).log("there");
  expect(read(stdout)).toBe("");
  expect(read(stderr)).toBe("hello\nthere\n");
});

it("writes to standard output only by what it returns", () => {
  const { stdout, stderr, read } = streams();
  const print = reserveStdout({ stdout, stderr });
  print("1|1|unix|/tmp/plugin|netrpc|\n");
  expect(read(stdout)).toBe("1|1|unix|/tmp/plugin|netrpc|\n");
  expect(read(stderr)).toBe("");
});

it("sends it elsewhere if told where", () => {
  const { stdout, stderr, read } = streams();
  const elsewhere = new PassThrough();
  reserveStdout({ stdout, stderr }, elsewhere);
  stdout.write("hello\n");
  expect([stdout, stderr, elsewhere].map(read)).toEqual(["", "", "hello\n"]);
});

it.each(["stdout", "stderr"] as const)("outlives a host that no longer reads %s", (name) => {
  const both = streams();
  reserveStdout(both);
  expect(both[name].emit("error", new Error("EPIPE"))).toBe(true);
});
