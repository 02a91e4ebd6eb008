import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { writeStruct } from "../../../src/adapters/grpc/struct.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { specDocument } from "../../support/sample-record.ts";
import { answered, serveGrpc } from "./serve-grpc.ts";

const spec = writeStruct(specDocument);
const specText = stringify(specDocument);
const atOnce = { prepare: (run: { look(): void }) => run.look() };
const counts = { canary: { total: 10_000, bad: 500 }, baseline: { total: 10_000, bad: 50 } };

it("starts an analysis of a spec as a document or as text, and answers its first look", async () => {
  const { client, script } = await serveGrpc(atOnce);
  const document = answered(await client.ask("Start", { spec }));
  expect(document).toMatchObject({
    created: true,
    analysis: { id: "id-1", service: "checkout", namespace: "shop", phase: "PHASE_RUNNING" },
  });
  const text = answered(await client.ask("Start", { specText }));
  expect(text.analysis?.spec).toEqual(document.analysis?.spec);
  expect(script.opened.map(({ options }) => options.spec)).toHaveLength(2);
});

it("starts the analysis of a key once, and answers the one there is", async () => {
  const { client, script } = await serveGrpc(atOnce);
  const key = "shop/checkout@7";
  const asked = await Promise.all([1, 2, 3].map(() => client.ask("Start", { spec, key })));
  expect(asked.map((answer) => answered(answer).created).sort()).toEqual([false, false, true]);
  expect(script.opened).toHaveLength(1);
  expect(answered(await client.ask("Get", { id: key })).analysis?.id).toBe("id-1");
});

it("says ALREADY_EXISTS for a key that is another spec's", async () => {
  const { client } = await serveGrpc(atOnce);
  await client.ask("Start", { spec, key: "k" });
  const other = writeStruct({ ...specDocument, duration: "20m" });
  expect(await client.ask("Start", { spec: other, key: "k" })).toMatchObject({
    code: status.ALREADY_EXISTS,
    message: expect.stringContaining("take a new key"),
    details: {
      ErrorInfo: { reason: "CONFLICT", domain: "coalmine", metadata: [{ key: "code", value: "conflict" }] },
    },
  });
});

it.each([
  ["an empty key", { spec, key: "" }, "key"],
  ["a key with a space", { spec, key: "a b" }, "key"],
  ["no spec", {}, "spec"],
])("refuses to start with %s", async (_, request, field) => {
  const { client, script } = await serveGrpc();
  expect(await client.ask("Start", request)).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: { ErrorInfo: { reason: "INVALID_REQUEST" }, BadRequest: { fieldViolations: [{ field }] } },
  });
  expect(script.opened).toEqual([]);
});

it("names every problem of a spec, with its path", async () => {
  const { client } = await serveGrpc();
  const wrong = { ...specDocument, tick: "never", metrics: [{ kind: "erors" }] };
  for (const form of [{ spec: writeStruct(wrong) }, { specText: stringify(wrong) }]) {
    const failure = await client.ask("Start", form);
    expect(failure).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: { ErrorInfo: { reason: "INVALID_SPEC" } },
    });
    const fields = Object(failure).details.BadRequest.fieldViolations.map(
      ({ field }: { field: string }) => field,
    );
    expect(fields).toEqual(expect.arrayContaining(["tick", "metrics.0.kind"]));
  }
});

it("lists what matches, newest first", async () => {
  const { client } = await serveGrpc(atOnce);
  await client.ask("Start", { spec });
  await client.ask("Start", { spec: writeStruct({ ...specDocument, namespace: "bank" }) });
  await client.ask("Start", { spec });
  await client.ask("Cancel", { id: "id-1" });
  const idsOf = async (filter: object) =>
    answered(await client.ask("List", { ...filter })).analyses.map(({ id }) => id);
  expect((await idsOf({})).sort()).toEqual(["id-1", "id-2", "id-3"]);
  expect(await idsOf({ namespace: "bank" })).toEqual(["id-2"]);
  expect(await idsOf({ namespace: "" })).toEqual([]);
  expect(await idsOf({ service: "checkout", phase: "PHASE_CANCELLED" })).toEqual(["id-1"]);
  expect(await idsOf({ limit: 1 })).toHaveLength(1);
});

it.each([
  [{ limit: 0 }, "limit"],
  [{ limit: 1_001 }, "limit"],
  [{ phase: 9 }, "phase"],
  [{ service: "s".repeat(254) }, "service"],
])("refuses a list of %j", async (request, field) => {
  const { client } = await serveGrpc();
  expect(await client.ask("List", request)).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: { BadRequest: { fieldViolations: [{ field }] } },
  });
});

it("ends an analysis that is cancelled, once", async () => {
  const { client } = await serveGrpc(atOnce);
  await client.ask("Start", { spec });
  const ended = answered(await client.ask("Cancel", { id: "id-1" }));
  expect(ended.analysis).toMatchObject({
    phase: "PHASE_CANCELLED",
    verdict: "VERDICT_INCONCLUSIVE",
    reason: { code: "cancelled" },
  });
  expect(answered(await client.ask("Cancel", { id: "id-1" }))).toEqual(ended);
});

it.each(["Get", "Cancel"] as const)("says NOT_FOUND to %s of an analysis that is not there", async (name) => {
  const { client } = await serveGrpc();
  expect(await client.ask(name, { id: "no-such" })).toMatchObject({
    code: status.NOT_FOUND,
    message: 'no analysis has the id or key "no-such"',
    details: { ErrorInfo: { reason: "NOT_FOUND" } },
  });
  expect(await client.ask(name, { id: "" })).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(await client.ask(name, { id: "x".repeat(201) })).toMatchObject({ code: status.INVALID_ARGUMENT });
});

it("judges counts and ticks, and keeps nothing", async () => {
  const { client, analyses } = await serveGrpc();
  expect(answered(await client.ask("Judge", { spec, counts })).analysis).toMatchObject({
    phase: "PHASE_DONE",
    verdict: "VERDICT_FAIL",
    metrics: [{ kind: "METRIC_KIND_ERRORS", canary: { total: 10_000, bad: 500, rate: 0.05 } }],
  });
  const ticks = { ticks: Array.from({ length: 10 }, () => ({ metrics: { errors: counts } })) };
  expect(answered(await client.ask("Judge", { specText, ticks })).analysis?.verdict).toBe("VERDICT_FAIL");
  expect(await analyses.list({ limit: 10 })).toEqual([]);
});

it("judges a past window", async () => {
  const { client, script } = await serveGrpc();
  const [from, to] = [Date.UTC(2026, 0, 1, 12) / 1_000, Date.UTC(2026, 0, 1, 12, 30) / 1_000];
  const judging = client.ask("Judge", { spec, window: { from: { seconds: from }, to: { seconds: to } } });
  await expect.poll(() => script.opened.length).toBe(1);
  script.last.pass();
  expect(answered(await judging).analysis?.verdict).toBe("VERDICT_PASS");
  expect(script.last.options.startedAt).toBe(from * 1_000);
  expect(script.last.options.spec.durationMs).toBe(30 * 60_000);
});

it("judges the last duration of the spec where no window is given", async () => {
  const { client, script } = await serveGrpc({ prepare: (run) => run.pass() });
  answered(await client.ask("Judge", { spec }));
  expect(script.last.options.startedAt).toBeLessThanOrEqual(Date.now() - script.last.options.spec.durationMs);
});

it("names every problem of what is to be judged and of its spec", async () => {
  const { client } = await serveGrpc();
  const wrong = { canary: { total: 1, bad: 2 }, baseline: { total: 2 ** 53, bad: 0 } };
  const failure = await client.ask("Judge", {
    spec: writeStruct({ ...specDocument, tick: "never" }),
    ticks: { ticks: [{ metrics: { errors: wrong } }, { metrics: { errors: {} } }] },
  });
  expect(failure).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: { ErrorInfo: { reason: "INVALID_REQUEST" } },
  });
  const fields = Object(failure).details.BadRequest.fieldViolations.map(
    ({ field }: { field: string }) => field,
  );
  expect(fields.sort()).toEqual([
    "spec.tick",
    "ticks.0.metrics.errors.baseline.total",
    "ticks.0.metrics.errors.canary.bad",
    "ticks.1.metrics.errors.canary",
  ]);
});

it.each([
  [
    "only the spec is wrong",
    { spec: writeStruct({ ...specDocument, tick: "never" }), counts },
    "INVALID_SPEC",
    "spec.tick",
  ],
  ["there is no spec", { counts }, "INVALID_REQUEST", "spec"],
  ["there are no ticks", { spec, ticks: {} }, "INVALID_REQUEST", "ticks"],
  [
    "there are too many",
    { spec, ticks: { ticks: Array.from({ length: 1_441 }, () => ({})) } },
    "INVALID_REQUEST",
    "ticks",
  ],
  ["a moment is none", { spec, window: { to: { seconds: -1 } } }, "INVALID_REQUEST", "window.to"],
  ["the window is not past", { spec, window: { to: { seconds: 4_000_000_000 } } }, "INVALID_REQUEST", "to"],
])("refuses to judge when %s", async (_, request, reason, field) => {
  const { client } = await serveGrpc();
  expect(await client.ask("Judge", request)).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: { ErrorInfo: { reason }, BadRequest: { fieldViolations: [expect.objectContaining({ field })] } },
  });
});

it.each([
  ["source-unavailable", status.UNAVAILABLE, { RetryInfo: { retryDelay: { seconds: 5 } } }],
  ["query-rejected", status.FAILED_PRECONDITION, {}],
] as const)("says when a source is %s", async (code, wanted, details) => {
  const { client, script } = await serveGrpc();
  const judging = client.ask("Judge", { spec });
  await expect.poll(() => script.opened.length).toBe(1);
  script.last.fail(new CoalmineError(code, "the source said no"));
  expect(await judging).toMatchObject({ code: wanted, message: "the source said no", details });
});
