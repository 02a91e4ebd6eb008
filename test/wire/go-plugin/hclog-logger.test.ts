import { expect, it } from "vitest";
import { createHclogLogger } from "../../../src/wire/go-plugin/hclog-logger.ts";

function logged(log: (logger: ReturnType<typeof createHclogLogger>) => void): string {
  let written = "";
  const write = (line: string) => {
    written += line;
  };
  log(createHclogLogger({ module: "judge", write, now: () => Date.UTC(2026, 1, 3, 4, 5, 6, 7) }));
  return written;
}

it("writes a line of JSON with the keys that a host knows", () => {
  const line = logged((logger) => logger.info({ run: "a-1", metrics: 3 }, "started"));
  expect(line.endsWith("}\n")).toBe(true);
  expect(JSON.parse(line)).toEqual({
    "@level": "info",
    "@message": "started",
    "@module": "judge",
    "@timestamp": "2026-02-03T04:05:06.007000Z",
    run: "a-1",
    metrics: 3,
  });
});

it.each(["info", "warn", "error"] as const)("says the level %s", (level) => {
  expect(JSON.parse(logged((logger) => logger[level]({}, "text")))["@level"]).toBe(level);
});

it("does not let a field take the place of what the host reads as text", () => {
  const line = JSON.parse(
    logged((logger) => logger.warn({ "@message": 5, "@level": {}, "@extra": 1 }, "text")),
  );
  expect(line).toMatchObject({ "@message": "text", "@level": "warn" });
  expect(line).not.toHaveProperty("@extra");
});

it("writes an error with its message and code", () => {
  const error = Object.assign(new Error("went wrong"), { code: "internal" });
  expect(JSON.parse(logged((logger) => logger.error({ error }, "text")))["error"]).toMatchObject({
    message: "went wrong",
    code: "internal",
  });
});

it("keeps a message with line breaks in one line", () => {
  expect(
    logged((logger) => logger.info({}, "a\nb"))
      .trimEnd()
      .split("\n"),
  ).toHaveLength(1);
});

const cycle: Record<string, unknown> = {};
cycle["self"] = cycle;

it.each([
  ["a cycle", { cycle }],
  ["a bigint", { count: 1n }],
  ["more than a host takes for a line", { text: "x".repeat(70_000) }],
])("leaves the fields out if they hold %s", (_what, fields) => {
  const line = logged((logger) => logger.info(fields, "text"));
  expect(JSON.parse(line)).toMatchObject({ "@message": "text" });
  expect(Object.keys(JSON.parse(line))).toHaveLength(4);
});

it("writes no line that a host takes for two, however long the message", () => {
  const line = logged((logger) => logger.info({}, "\u0001é".repeat(100_000)));
  expect(Buffer.byteLength(line)).toBeLessThan(65_536);
});
