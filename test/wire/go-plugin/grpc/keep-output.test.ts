import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { keepOutput } from "../../../../src/wire/go-plugin/grpc/keep-output.ts";
import { PrintedOutput } from "../../../../src/wire/go-plugin/grpc/printed-output.ts";
import { createHclogLogger } from "../../../../src/wire/go-plugin/index.ts";

function kept() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = new PrintedOutput();
  const print = keepOutput({ stdout, stderr }, output);
  return {
    stdout,
    stderr,
    print,
    read: (stream: PassThrough) => String(stream.read() ?? ""),
    async printed() {
      output.end();
      const chunks = await Array.fromAsync(output.read(new AbortController().signal));
      return chunks.map(({ channel, bytes }) => `${channel}:${Buffer.from(bytes).toString()}`);
    },
  };
}

it("keeps what is written to standard output, and writes nothing there", async () => {
  const { stdout, stderr, read, printed } = kept();
  stdout.write("hello\n");
  stdout.write("61", "hex");
  expect([read(stdout), read(stderr)]).toEqual(["", ""]);
  expect(await printed()).toEqual(["stdout:hello\n", "stdout:a"]);
});

it("writes to standard output only by what it returns", async () => {
  const { stdout, print, read, printed } = kept();
  print("1|1|unix|/tmp/plugin|grpc|\n");
  expect(read(stdout)).toBe("1|1|unix|/tmp/plugin|grpc|\n");
  expect(await printed()).toEqual([]);
});

it("keeps what is written to standard error, and writes it there too", async () => {
  const { stderr, read, printed } = kept();
  stderr.write("oh\n");
  stderr.write("61", "hex");
  await new Promise((resolve) => stderr.write("b", resolve));
  expect(read(stderr)).toBe("oh\nab");
  expect(await printed()).toEqual(["stderr:oh\n", "stderr:a", "stderr:b"]);
});

it("leaves the log to standard error", async () => {
  const { stderr, read, printed } = kept();
  const logger = createHclogLogger({ module: "sample", write: (line) => stderr.write(line), now: () => 0 });
  logger.info({ reason: "none" }, "hello");
  expect(JSON.parse(read(stderr))).toMatchObject({ "@message": "hello" });
  expect(await printed()).toEqual([]);
});
