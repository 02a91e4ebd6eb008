import { request } from "node:http";
import { expect, it } from "vitest";
import { problemSchema, resultSchema } from "../../../src/adapters/rest/result-schemas.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { specDocument } from "../../support/sample-record.ts";
import { type RestServer, serveRest } from "./serve-rest.ts";

const counts = { canary: { total: 10_000, bad: 500 }, baseline: { total: 10_000, bad: 50 } };

async function judge(server: RestServer, json: unknown) {
  const response = await server.ask("POST", "/v1/judge", { json });
  return { status: response.status, body: Object(await response.json()) };
}

it("judges counts", async () => {
  const server = await serveRest();
  const { status, body } = await judge(server, { spec: specDocument, counts });
  expect(status).toBe(200);
  expect(resultSchema.parse(body)).toMatchObject({ phase: "done", verdict: "fail" });
  const healthy = { canary: { total: 20_000, bad: 100 }, baseline: { total: 20_000, bad: 100 } };
  expect((await judge(server, { spec: specDocument, counts: healthy })).body).toMatchObject({
    verdict: "pass",
  });
});

it("judges ticks, and keeps nothing", async () => {
  const server = await serveRest();
  const ticks = Array.from({ length: 10 }, () => ({ metrics: { errors: counts } }));
  expect((await judge(server, { spec: specDocument, ticks })).body).toMatchObject({ verdict: "fail" });
  expect(await server.analyses.list({ limit: 10 })).toEqual([]);
});

it("judges a past window, its times in any zone", async () => {
  const server = await serveRest();
  const window = { from: "2026-01-01T13:00:00+01:00", to: "2026-01-01T12:30:00Z" };
  const judging = judge(server, { spec: specDocument, ...window });
  await expect.poll(() => server.script.opened.length).toBe(1);
  server.script.last.pass();
  expect(await judging).toMatchObject({ status: 200, body: { verdict: "pass" } });
  const { startedAt, spec } = server.script.last.options;
  expect(startedAt).toBe(Date.UTC(2026, 0, 1, 12));
  expect(spec.durationMs).toBe(30 * 60_000);
});

it.each([
  ["source-unavailable", 503],
  ["query-rejected", 422],
] as const)("answers a %s source with %i", async (code, status) => {
  const server = await serveRest();
  const judging = judge(server, { spec: specDocument, to: "2026-01-01T12:30:00Z" });
  await expect.poll(() => server.script.opened.length).toBe(1);
  server.script.last.fail(new CoalmineError(code, "the source said no"));
  expect(await judging).toMatchObject({ status, body: { code, detail: "the source said no" } });
});

it("stops judging when the client leaves", async () => {
  const server = await serveRest();
  const asking = request(`${server.url}/v1/judge`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    agent: false,
  });
  asking.on("error", () => undefined);
  asking.end(JSON.stringify({ spec: specDocument, to: "2026-01-01T12:30:00Z" }));
  await expect.poll(() => server.script.opened.length).toBe(1);
  asking.destroy();
  await expect.poll(() => server.script.last.options.signal.aborted).toBe(true);
  expect(server.logger.errors).toEqual([]);
});

it("names every problem of the request and of its spec", async () => {
  const server = await serveRest();
  const { status, body } = await judge(server, {
    spec: { ...specDocument, duratio: "1m", tick: "never" },
    conts: counts,
    from: "yesterday",
    ticks: [{ metrics: { errors: { canary: { total: 1.5, bad: -1 }, baseline: { total: 1, bad: 2 } } } }],
  });
  expect(status).toBe(400);
  const problem = problemSchema.parse(body);
  expect(problem.code).toBe("invalid-request");
  expect(problem.problems.map(({ path }) => path).sort()).toEqual([
    "conts",
    "from",
    "spec.duratio",
    "spec.tick",
    "ticks.0.metrics.errors.baseline.bad",
    "ticks.0.metrics.errors.canary.bad",
    "ticks.0.metrics.errors.canary.total",
  ]);
});

it("says invalid-spec when only the spec is wrong", async () => {
  const { status, body } = await judge(await serveRest(), {
    spec: { ...specDocument, tick: "never" },
    counts,
  });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: "invalid-spec", problems: [{ path: "spec.tick" }] });
});

it.each([
  ["no spec", { counts }, "spec"],
  ["counts and ticks", { spec: specDocument, counts, ticks: [{ metrics: { errors: counts } }] }, ""],
  ["counts and a window", { spec: specDocument, counts, to: "2026-01-01T12:30:00Z" }, ""],
  ["no ticks", { spec: specDocument, ticks: [] }, "ticks"],
  ["a list", [], ""],
  ["nothing", null, ""],
])("refuses %s", async (_, json, path) => {
  const { status, body } = await judge(await serveRest(), json);
  expect(status).toBe(400);
  expect(problemSchema.parse(body).problems.map((problem) => problem.path)).toEqual([path]);
});

it("refuses ticks that lack a metric of the spec or name another", async () => {
  const { status, body } = await judge(await serveRest(), {
    spec: specDocument,
    ticks: [{ metrics: { erors: counts } }],
  });
  expect(status).toBe(400);
  expect(body.code).toBe("invalid-request");
  expect(body.detail).toContain("erors");
});
