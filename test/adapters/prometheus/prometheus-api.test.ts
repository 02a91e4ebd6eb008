import { describe, expect, it, vi } from "vitest";
import { CoalmineError } from "../../../src/base/errors.ts";
import { type PrometheusServer, servePrometheus } from "./serve-prometheus.ts";

const subject = 'service="checkout",namespace="shop"';
const cohorts = 'telemetry="istio",canary_version="v2",baseline_version="v1"';
const spec = `${subject},${cohorts}`;

const passed = {
  phase: "done",
  verdict: "pass",
  score: 90,
  reason: { code: "not-worse", text: "fine" },
} as const;
const failed = {
  phase: "done",
  verdict: "fail",
  score: 12.5,
  reason: { code: "worse-than-baseline", text: "errors: canary 8 %,\n  baseline 1 %" },
} as const;

/** Ends the newest run, and waits until that is kept. */
async function end(server: PrometheusServer, changes: typeof passed | typeof failed): Promise<void> {
  const startedAt = new Date(server.script.last.options.startedAt).toISOString();
  server.script.last.look({ ...changes, startedAt, decidedAt: new Date().toISOString() });
  await expect.poll(() => server.analyses.running()).toBe(0);
}

const values = (body: { data: { result: { value: [number, string] }[] } }) =>
  body.data.result.map(({ value }) => value[1]);

describe("the requests of its callers", () => {
  it("answers Flagger's online check with 1", async () => {
    const server = await servePrometheus();
    const { status, body } = await server.ask("/api/v1/query?query=vector%281%29");
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "success",
      data: { resultType: "vector", result: [{ metric: {}, value: [expect.any(Number), "1"] }] },
    });
  });

  it("answers Flagger's metric query, a GET of nothing but the query on one line", async () => {
    const server = await servePrometheus();
    const query = encodeURIComponent(
      'coalmine_score{ telemetry="flagger-istio", service="checkout", namespace="shop" }',
    ).replaceAll("%20", "+");
    const { status, body } = await server.ask(`/api/v1/query?query=${query}`, {
      headers: { authorization: "Bearer x", "user-agent": "Go-http-client/1.1" },
    });
    expect(status).toBe(200);
    expect(body.data.result).toEqual([
      {
        metric: {
          __name__: "coalmine_score",
          analysis: "id-1",
          key: expect.stringMatching(/^prometheus\.[0-9a-f]{32}$/),
          service: "checkout",
          namespace: "shop",
          phase: "running",
        },
        value: [expect.any(Number), "50"],
      },
    ]);
    expect(server.script.last.options.spec.canary).toEqual({ workload: "checkout" });
  });

  it("answers Argo's query, a form of query and time, with the reason as its warning", async () => {
    const server = await servePrometheus({ prepare: (run) => run.look(failed) });
    const seconds = (Date.now() - 20_000) / 1_000;
    const form = new URLSearchParams({ query: `coalmine_score{${spec}}`, time: String(seconds) });
    const { status, body } = await server.ask("/api/v1/query", { method: "POST", body: form });
    expect(status).toBe(200);
    await expect.poll(() => server.analyses.running()).toBe(0);
    const again = await server.ask("/api/v1/query", { method: "POST", body: form });
    expect(again.body).toEqual({
      status: "success",
      data: {
        resultType: "vector",
        result: [
          {
            metric: { ...body.data.result[0].metric, phase: "done", verdict: "fail" },
            value: [seconds, "12.5"],
          },
        ],
      },
      warnings: ["worse-than-baseline: errors: canary 8 %,; baseline 1 %"],
    });
    expect(server.script.opened).toHaveLength(1);
  });

  it("takes the same by GET and POST, the form before the URL, RFC 3339 times too", async () => {
    const server = await servePrometheus();
    const parameters = new URLSearchParams({ query: "1+1", time: "2026-01-01T00:00:00Z", timeout: "2s" });
    const got = await server.ask(`/api/v1/query?${parameters}`);
    const posted = await server.ask("/api/v1/query?query=7", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: parameters.toString(),
    });
    expect(got.body.data).toEqual({ resultType: "scalar", result: [Date.UTC(2026, 0, 1) / 1_000, "2"] });
    expect(posted.body).toEqual(got.body);
  });

  it("says what it is and how it does", async () => {
    let draining = false;
    const server = await servePrometheus({ isDraining: () => draining });
    expect((await server.ask("/api/v1/status/buildinfo")).body.data).toMatchObject({ version: "1.2.3" });
    expect(await server.ask("/-/healthy")).toEqual({ status: 200, body: "Coalmine is Healthy.\n" });
    expect(await server.ask("/-/ready")).toEqual({ status: 200, body: "Coalmine is Ready.\n" });
    draining = true;
    expect((await server.ask("/-/healthy")).status).toBe(200);
    expect((await server.ask("/-/ready")).status).toBe(503);
    expect(await server.query("vector(1)")).toMatchObject({
      status: 503,
      body: { status: "error", errorType: "unavailable" },
    });
  });
});

describe("the values", () => {
  it.each([
    [{}, "0.5", "50"],
    [passed, "1", "90"],
    [failed, "0", "12.5"],
    [{ phase: "done", verdict: "inconclusive", score: 40 } as const, "0.5", "40"],
  ])("of %j", async (changes, verdict, score) => {
    const server = await servePrometheus({ prepare: (run) => run.look(changes) });
    await server.query(`coalmine_score{key="k",${spec}}`);
    const current = async (name: string) => values((await server.query(`${name}{key="k"}`)).body);
    await expect.poll(() => current("coalmine_verdict")).toEqual([verdict]);
    expect(await current("coalmine_score")).toEqual([score]);
  });

  it("of the evidence are the odds of failing, one for each metric that has some", async () => {
    const server = await servePrometheus({
      prepare: (run) =>
        run.look({
          metrics: [
            { name: "errors", fail: 41.5 },
            { name: "latency", fail: Number.POSITIVE_INFINITY },
            { name: "heap", fail: null },
          ].map(({ name, fail }) => ({
            ...metricOf(name),
            evidence: { fail, failNeeds: 20, pass: null, passNeeds: null },
          })),
        }),
    });
    await server.query(`coalmine_score{${spec}}`);
    const { body } = await server.query(`coalmine_evidence{${spec}}`);
    const told = body.data.result.map((one: { metric: { metric: string }; value: [number, string] }) => [
      one.metric.metric,
      one.value[1],
    ]);
    expect(told).toEqual([
      ["errors", "41.5"],
      ["latency", "+Inf"],
    ]);
    expect(values((await server.query(`coalmine_evidence{${spec},metric="errors"}`)).body)).toEqual(["41.5"]);
    expect(server.script.opened).toHaveLength(1);
  });
});

describe("starting", () => {
  it("starts one analysis a spec, however its labels stand and however many ask at once", async () => {
    const server = await servePrometheus();
    const turned = spec.split(",").toReversed().join();
    const answers = await Promise.all(
      [spec, turned, spec].map((labels) => server.query(`coalmine_score{${labels}}`)),
    );
    expect(new Set(answers.map(({ body }) => body.data.result[0].metric.analysis)).size).toBe(1);
    await server.query(`coalmine_score{${spec},duration="20m"}`);
    expect(server.script.opened).toHaveLength(2);
  });

  it("is the same as PUT of that key, and refuses another spec for it", async () => {
    const server = await servePrometheus();
    await server.query(`coalmine_verdict{key="checkout-7",${spec}}`);
    expect((await server.analyses.get("checkout-7")).spec.canary).toEqual({ version: "v2" });
    const { status, body } = await server.query(`coalmine_verdict{key="checkout-7",${spec},duration="20m"}`);
    expect(status).toBe(422);
    expect(body).toEqual({
      status: "error",
      errorType: "execution",
      error: expect.stringContaining('the key "checkout-7" is that of an analysis with another spec'),
    });
  });

  it("answers a verdict for max_age, and judges anew when it is asked again later", async () => {
    const server = await servePrometheus();
    const ask = async () =>
      (await server.query(`coalmine_score{${spec},max_age="15m"}`)).body.data.result[0].metric;
    const first = await ask();
    server.forward(3_600_000);
    expect((await ask()).analysis).toBe("id-1");
    server.forward(-3_600_000);
    await end(server, passed);
    server.forward(14 * 60_000);
    expect(await ask()).toMatchObject({ analysis: "id-1", verdict: "pass" });
    server.forward(2 * 60_000);
    const anew = await Promise.all([ask(), ask()]);
    expect(anew.map(({ analysis, key }) => [analysis, key])).toEqual(
      [1, 2].map(() => ["id-2", `${first.key}.id-1`]),
    );
    expect((await ask()).analysis).toBe("id-2");
  });

  it("finds its analysis also when a service has had many since", async () => {
    const server = await servePrometheus();
    await server.query(`coalmine_score{${spec}}`);
    await end(server, passed);
    for (let index = 0; index < 25; index++) await server.query(`coalmine_score{key="k${index}",${spec}}`);
    const { body } = await server.query(`coalmine_score{${spec}}`);
    expect(body.data.result[0].metric.analysis).toBe("id-1");
    server.forward(11 * 60_000);
    const later = await server.query(`coalmine_score{${spec}}`);
    expect(later.body.data.result[0].metric.analysis).toBe("id-27");
  });

  it("narrows the answer, and starts all the same", async () => {
    const server = await servePrometheus();
    const { body } = await server.query(`coalmine_score{${spec},verdict="pass"}`);
    expect(body).toEqual({ status: "success", data: { resultType: "vector", result: [] } });
    expect(server.script.opened).toHaveLength(1);
  });

  it("answers a start that takes too long with 503, and goes on with it", async () => {
    const server = await servePrometheus({ prepare: () => undefined });
    const late = await server.query(`coalmine_score{${spec}}`, { timeout: "0.02" });
    expect(late).toMatchObject({ status: 503, body: { errorType: "unavailable" } });
    server.script.last.look();
    const { status } = await server.query(`coalmine_score{${spec}}`);
    expect(status).toBe(200);
    expect(server.script.opened).toHaveLength(1);
  });
});

describe("selecting", () => {
  async function three(): Promise<PrometheusServer> {
    const server = await servePrometheus();
    await server.query(`coalmine_score{key="a",${spec}}`);
    await end(server, passed);
    await server.query(`coalmine_score{key="b",${spec}}`);
    await server.query(`coalmine_score{key="c",service="cart",namespace="shop",${cohorts}}`);
    return server;
  }

  const selected = async (server: PrometheusServer, labels: string) => {
    const { body } = await server.query(`coalmine_score{${labels}}`);
    return body.data.result.map(({ metric }: { metric: { key: string } }) => metric.key).join();
  };

  it.each([
    ["", "c,b"],
    [subject, "b"],
    ['service=~"c.*",namespace!="other"', "c,b"],
    ['service!~"ca.*"', "b"],
    ['service="nobody"', ""],
    ['namespace=""', ""],
    ['key=~".+"', "c,b,a"],
    ['key="a"', "a"],
    ['key="id-1"', ""],
    ['analysis="id-1"', "a"],
    ['analysis="id-1",key="b"', ""],
    ['key="nobody"', ""],
    ['key!="",phase="running"', "c,b"],
    ['key!="",verdict=""', "c,b"],
    ['key!="",verdict="pass"', "a"],
    [`${subject},verdict="pass"`, ""],
  ])(
    "{%s} gives %j: the newest of each service, or all that a key or an id selects",
    async (labels, keys) => {
      const server = await three();
      expect(await selected(server, labels)).toBe(keys);
      expect(server.script.opened).toHaveLength(3);
    },
  );

  it("tells the reason of each, with its analysis", async () => {
    const server = await three();
    const { body } = await server.query('coalmine_verdict{key=~"a|b"}');
    expect(body.warnings).toEqual([
      expect.stringMatching(/^warming-up: .* \(analysis id-2\)$/),
      "not-worse: fine (analysis id-1)",
    ]);
  });
});

describe("ranges", () => {
  it("tell the looks of the past, the verdict from when it was given, and nothing of the future", async () => {
    const server = await servePrometheus();
    await server.query(`coalmine_score{key="k",${spec}}`);
    const startedAt = new Date(server.script.last.options.startedAt).toISOString();
    server.script.last.look({ score: 60, startedAt });
    await expect.poll(async () => (await server.analyses.looks("k")).length).toBe(2);
    const looks = await server.analyses.looks("k");
    const [first = 0, second = 0] = looks.map(({ at }) => Date.parse(at) / 1_000);
    // A scripted run's looks are 15 s apart, whatever the clock says.
    server.forward(45_000);
    const range = (query: string) =>
      server.ask("/api/v1/query_range", {
        method: "POST",
        body: new URLSearchParams({ query, start: String(first - 5), end: String(first + 60), step: "5" }),
      });
    const { body } = await range('coalmine_score{key="k"}');
    expect(body.data.resultType).toBe("matrix");
    const [series] = body.data.result;
    expect(series.metric).toMatchObject({ __name__: "coalmine_score", key: "k" });
    expect(series.values[0]).toEqual([first, "50"]);
    expect(series.values.find(([time]: [number]) => time >= second)[1]).toBe("60");
    expect(series.values.at(-1)[0]).toBeLessThan(first + 60);
    const verdicts = (await range('coalmine_verdict{key="k"}')).body.data.result[0].values;
    expect(verdicts[0]).toEqual([first - 5, "0.5"]);
  });

  it("end in the verdict", async () => {
    const server = await servePrometheus();
    await server.query(`coalmine_score{key="k",${spec}}`);
    await end(server, failed);
    const decided = Date.parse((await server.analyses.get("k")).result.decidedAt ?? "") / 1_000;
    server.forward(60_000);
    const at = { start: String(decided - 1), end: String(decided + 10), step: "1s" };
    for (const [name, value] of [
      ["coalmine_score", "12.5"],
      ["coalmine_verdict", "0"],
    ]) {
      const query = `${name}{key="k"}`;
      const { body } = await server.ask(`/api/v1/query_range?${new URLSearchParams({ query, ...at })}`);
      expect(body.data.result[0].values.at(-1)).toEqual([decided + 10, value]);
    }
  });

  it("repeat a number at each step", async () => {
    const server = await servePrometheus();
    const at = new URLSearchParams({ query: "vector(1)", start: "10", end: "30", step: "10" });
    expect((await server.ask(`/api/v1/query_range?${at}`)).body.data.result).toEqual([
      { metric: {}, values: [10, 20, 30].map((time) => [time, "1"]) },
    ]);
  });

  it.each([
    [{ start: "10", end: "5", step: "1" }, "end is before start"],
    [{ start: "0", end: "11001", step: "1" }, "11001 steps are over the limit of 11000"],
    [{ start: "0", end: "10", step: "0" }, "step is a duration above 0"],
    [{ start: "0", end: "10" }, "step is missing"],
    [{ start: "x", end: "10", step: "1" }, "start is a time"],
  ])("refuses %j", async (at, message) => {
    const server = await servePrometheus();
    const { status, body } = await server.ask(
      `/api/v1/query_range?${new URLSearchParams({ query: "1", ...at })}`,
    );
    expect({ status, type: body.errorType }).toEqual({ status: 400, type: "bad_data" });
    expect(body.error).toContain(message);
  });
});

describe("failures", () => {
  const refused = (errorType: string, error: string) => ({
    status: "error",
    errorType,
    error: expect.stringContaining(error),
  });

  it.each([
    ["", "query is missing"],
    ["query=", "query is missing"],
    ["query=sum(coalmine_score)", "unknown function `sum`"],
    [`query=coalmine_score{telemetry="istio"}`, "service: is missing"],
    [`query=coalmine_score{service=~"("}`, "the pattern of service cannot be read"],
    [`query=coalmine_score{key="a"}&time=1000`, "only the present is known"],
    ["query=1&time=soon", "time is a time in seconds"],
    ["query=1&timeout=-1", "timeout is a duration"],
  ])("?%s is bad data", async (search, message) => {
    const server = await servePrometheus();
    const { status, body } = await server.ask(`/api/v1/query?${search}`);
    expect(status).toBe(400);
    expect(body).toEqual(refused("bad_data", message));
  });

  it("starts nothing for a request that it refuses", async () => {
    const server = await servePrometheus();
    const query = `coalmine_score{${spec}}`;
    expect((await server.query(query, { timeout: "soon" })).status).toBe(400);
    expect((await server.query(query, { time: "1000" })).status).toBe(400);
    expect(server.script.opened).toHaveLength(0);
  });

  it("names an unknown source, and what the first look finds wrong", async () => {
    const server = await servePrometheus({
      prepare: (run) => run.fail(new CoalmineError("invalid-spec", "the cohorts overlap")),
    });
    const unknown = await server.query(`coalmine_score{${spec},source="us"}`);
    expect(unknown).toEqual({ status: 400, body: refused("bad_data", 'no source is called "us"') });
    const overlapping = await server.query(`coalmine_score{${spec}}`);
    expect(overlapping).toEqual({ status: 400, body: refused("bad_data", "the cohorts overlap") });
  });

  it("limits the query and the body", async () => {
    const server = await servePrometheus();
    const form = (text: string) => ({ method: "POST", body: new URLSearchParams({ query: text }) });
    const long = await server.ask("/api/v1/query", form(`coalmine_score{key="${"k".repeat(8_192)}"}`));
    expect(long).toEqual({ status: 413, body: refused("bad_data", "over the limit of 8192") });
    const big = await server.ask("/api/v1/query", form("k".repeat(65_536)));
    expect(big).toEqual({ status: 413, body: refused("bad_data", "over the limit of 65536") });
  });

  it("refuses other bodies, methods and paths in the same form", async () => {
    const server = await servePrometheus();
    const json = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query": "1"}' };
    expect(await server.ask("/api/v1/query", json)).toEqual({
      status: 415,
      body: refused("bad_data", "application/x-www-form-urlencoded, got application/json"),
    });
    expect(await server.ask("/api/v1/query", { method: "PUT" })).toMatchObject({
      status: 405,
      body: { status: "error" },
    });
    expect(await server.ask("/api/v1/labels")).toEqual({
      status: 404,
      body: refused("not_found", "/prometheus/api/v1/labels"),
    });
  });

  it("keeps a fault of its own to its log", async () => {
    const server = await servePrometheus();
    vi.spyOn(server.analyses, "list").mockRejectedValue(new TypeError("the secret"));
    expect(await server.query("coalmine_score")).toEqual({
      status: 500,
      body: refused("internal", "a fault of the server"),
    });
    expect(server.logger.errors).toMatchObject([{ fields: { status: 500, err: { message: "the secret" } } }]);
  });
});

function metricOf(name: string) {
  return {
    name,
    kind: "errors",
    gate: true,
    verdict: null,
    reason: { code: "watching", text: "" },
    counts: "errors",
    canary: null,
    baseline: null,
    ratio: null,
    difference: null,
    quantile: null,
    regressed: false,
  } as const;
}
