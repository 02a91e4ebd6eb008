import { status } from "@grpc/grpc-js";
import { expect, it, vi } from "vitest";
import { writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { parseSpec } from "../../../src/analysis/spec/parse-spec.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { accessOf } from "../../support/access-of.ts";
import { specDocument } from "../../support/sample-record.ts";
import { answered, clientOf, serveGrpc } from "./serve-grpc.ts";

const spec = writeStruct(specDocument);
const atOnce = { prepare: (run: { look(): void }) => run.look() };

it("stops judging when the call is cancelled", async () => {
  const { client, script, logger } = await serveGrpc();
  const call = client.open("Judge", { spec });
  await expect.poll(() => script.opened.length).toBe(1);
  call.cancel();
  await call.ended;
  await expect.poll(() => script.last.options.signal.aborted).toBe(true);
  expect(logger.errors).toEqual([]);
});

it("stops judging when the deadline has passed", async () => {
  const { client, script, logger } = await serveGrpc();
  // On a busy machine a deadline may pass before the server has heard of the call.
  for (let deadlineMs = 300; script.opened.length === 0; deadlineMs *= 2)
    expect(await client.ask("Judge", { spec }, { deadlineMs })).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
  await expect.poll(() => script.opened.every(({ options }) => options.signal.aborted)).toBe(true);
  expect(logger.errors).toEqual([]);
});

it("says RESOURCE_EXHAUSTED to a message over the limit, and of an answer over it", async () => {
  const { client } = await serveGrpc({ ...atOnce, maxMessageBytes: 4_000 });
  const long = writeStruct({ ...specDocument, service: "s".repeat(4_000) });
  expect(await client.ask("Start", { spec: long })).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  for (let started = 0; started < 5; started++) answered(await client.ask("Start", { spec }));
  expect(await client.ask("List", {})).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringMatching(/over the limit of 4000; ask for less/),
    details: { ErrorInfo: { reason: "TOO_LARGE" } },
  });
  expect(answered(await client.ask("List", { limit: 1 })).analyses).toHaveLength(1);
});

it("says RESOURCE_EXHAUSTED to a spec over 256 KiB, in both forms", async () => {
  const { client } = await serveGrpc();
  const service = "s".repeat(256 * 1024 + 1);
  for (const form of [{ spec: writeStruct({ service }) }, { specText: service }]) {
    expect(await client.ask("Start", form)).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: { ErrorInfo: { reason: "TOO_LARGE" } },
    });
  }
});

it("decodes no question over 1 MiB: of empty ticks, two bytes each, it would make many times as much", async () => {
  const { client } = await serveGrpc();
  const ticks = Buffer.alloc(1024 * 1024 + 2, Buffer.from([0x0a, 0x00]));
  expect(await client.send("Judge", ticks)).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringContaining("over the limit of 1048576"),
  });
});

it("says INVALID_ARGUMENT to bytes that are no message", async () => {
  const { client, logger } = await serveGrpc();
  for (const bytes of [Buffer.from([0x0a, 0xff]), Buffer.from("ffffffffffff", "hex")]) {
    expect(await client.send("Get", bytes)).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: { ErrorInfo: { reason: "INVALID_REQUEST" } },
    });
  }
  expect(logger.errors).toEqual([]);
});

it("says INVALID_ARGUMENT to a document that nests without end", async () => {
  const { client } = await serveGrpc();
  const message = (tag: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
  let value = Buffer.from([0x20, 1]);
  // Value.list_value (6) of ListValue.values (1), five hundred times.
  for (let depth = 0; depth < 500; depth++) value = message(0x32, message(0x0a, value));
  const entry = Buffer.concat([Buffer.from([0x0a, 1, 0x61]), message(0x12, value)]);
  const failure = await client.send("Start", message(0x0a, message(0x0a, entry)));
  expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(failure?.message).toContain("cannot be read");
});

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

it("tells as many problems as clients of 8 KiB of trailers take, and how many are left", async () => {
  const { client } = await serveGrpc();
  const keys = Array.from({ length: 300 }, (_, index) => [`ключ-${index}-${"x".repeat(40)}`, 1]);
  const document = { ...specDocument, ...Object.fromEntries(keys) };
  const failure = await client.ask("Start", { spec: writeStruct(document) });
  if (failure.kind === "answer") throw new Error("it was taken");
  expect(failure.trailerBytes).toBeLessThan(7_800);
  expect(failure.message).toMatch(/…$/);
  const told: readonly { description: string }[] = Object(failure.details["BadRequest"]).fieldViolations;
  const last = told.at(-1)?.description ?? "";
  expect(last).toMatch(/^and \d+ more problems$/);
  expect(told.length - 1 + Number(/\d+/.exec(last))).toBe(problemsOf(document));
});

function problemsOf(document: unknown): number {
  try {
    parseSpec(document);
    return 0;
  } catch (error) {
    return CoalmineError.from(error).problems.length;
  }
}

it("tells nothing of a fault of ours, and logs it with its cause", async () => {
  const { client, analyses, logger } = await serveGrpc();
  const fault = new TypeError("the store lost its head");
  vi.spyOn(analyses, "get").mockRejectedValue(fault);
  expect(await client.ask("Get", { id: "x" })).toMatchObject({
    code: status.INTERNAL,
    message: "the call met a fault of the server; its log has the cause",
    details: { ErrorInfo: { reason: "INTERNAL" } },
  });
  expect(logger.errors).toEqual([
    { fields: { method: "coalmine.v1.AnalysisService/Get", err: fault }, message: "a call failed" },
  ]);
});

it("takes no more calls while it drains", async () => {
  const { client } = await serveGrpc({ isDraining: () => true });
  expect(await client.ask("List", {})).toMatchObject({
    code: status.UNAVAILABLE,
    message: "the server is shutting down; call again",
    details: { RetryInfo: {} },
  });
});

it("ends the calls under way before it closes", async () => {
  const { client, script, server } = await serveGrpc();
  const judging = client.ask("Judge", { spec });
  await expect.poll(() => script.opened.length).toBe(1);
  const closed = server.close(60_000);
  script.last.pass();
  expect(answered(await judging).analysis?.verdict).toBe("VERDICT_PASS");
  await closed;
});

it("cuts the calls that do not end in time", async () => {
  const { client, script, server } = await serveGrpc();
  const judging = client.ask("Judge", { spec });
  await expect.poll(() => script.opened.length).toBe(1);
  await server.close(10);
  expect(await judging).toMatchObject({ kind: "failure" });
  await expect.poll(() => script.last.options.signal.aborted).toBe(true);
});

it("measures calls by method and code", async () => {
  const { client, metrics, script } = await serveGrpc({ ...atOnce, access: accessOf({ good: ["shop"] }) });
  await client.ask("Start", { spec }, { authorization: "Bearer good" });
  await client.ask("Start", { spec });
  const judging = client.open("Judge", { spec }, { authorization: "Bearer good" });
  await expect.poll(() => script.opened.length).toBe(2);
  judging.cancel();
  const text = async () => await metrics.metrics();
  const count = (method: string, code: string) =>
    `coalmine_grpc_call_duration_seconds_count{method="coalmine.v1.AnalysisService/${method}",code="${code}"} 1`;
  await expect.poll(text).toContain(count("Start", "OK"));
  await expect.poll(text).toContain(count("Start", "UNAUTHENTICATED"));
  await expect.poll(text).toContain(count("Judge", "CANCELLED"));
});

it("says what is wrong with an address or a certificate", async () => {
  const { server, address } = await serveGrpc();
  const port = Number(address.split(":").at(-1));
  const other = await serveGrpc();
  await expect(other.server.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({
    code: "invalid-settings",
    message: expect.stringContaining(`cannot listen for gRPC on 127.0.0.1:${port}`),
  });
  expect(server).toBeDefined();
  const tls = { certificate: Buffer.from("none"), key: Buffer.from("none"), clientAuthority: null };
  const secure = serveGrpc({ tls });
  await expect(secure).rejects.toMatchObject({ code: "invalid-settings" });
});

it("says UNAVAILABLE while it cannot be told who calls, and lets nobody in", async () => {
  const away = new CoalmineError("source-unavailable", "the Kubernetes API does not answer");
  const access = { isOn: true, callerOf: () => Promise.reject(away) };
  const { client, script } = await serveGrpc({ ...atOnce, access });
  expect(await client.ask("Start", { spec }, { authorization: "Bearer x" })).toMatchObject({
    code: status.UNAVAILABLE,
    message: away.message,
  });
  expect(script.opened).toEqual([]);
});

it("serves a client that comes while another is cut", async () => {
  const { client, address, script } = await serveGrpc(atOnce);
  const call = client.open("Judge", { spec });
  await expect.poll(() => script.opened.length).toBe(1);
  call.cancel();
  expect(answered(await clientOf(address).ask("List", {})).analyses).toEqual([]);
});
