import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SampleSource } from "../../../src/analysis/ports.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { prometheusSourceSettings } from "../../../src/sources/prometheus/prometheus-settings.ts";
import {
  createPrometheusSource,
  type PrometheusSource,
} from "../../../src/sources/prometheus/prometheus-source.ts";
import {
  apiError,
  type FakePrometheus,
  type Reply,
  startFakePrometheus,
} from "../../support/fake-prometheus.ts";
import { describeSampleSource } from "../../support/sample-source-contract.ts";

const origin = Date.UTC(2026, 0, 1);
const window = { from: origin, to: origin + 60_000 };
const selector = { metric: "up", matchers: [] };
const never = new AbortController().signal;

let fake: FakePrometheus;
let opened: PrometheusSource[] = [];
let waits: number[] = [];

beforeEach(async () => {
  fake = await startFakePrometheus();
  opened = [];
  waits = [];
});

afterEach(async () => {
  await fake.close();
  await Promise.all(opened.map((source) => source.close()));
});

/** Time passes only where the source waits, at once, and the waits are noted. */
function jumpingClock(): Clock {
  let time = origin;
  return {
    now: () => time,
    until: async (until, signal) => {
      signal.throwIfAborted();
      waits.push(until - time);
      time = until;
    },
  };
}

function sourceOf(settings: Record<string, unknown> = {}, random = () => 0): PrometheusSource {
  const parsed = prometheusSourceSettings.parse({ url: fake.url, ...settings });
  const source = createPrometheusSource({ name: "default", settings: parsed, clock: jumpingClock(), random });
  opened.push(source);
  return source;
}

const read = (source: SampleSource, signal = never) => source.read(selector, window, signal);
const answer = (status: number, body = "", headers = {}): Reply => ({
  kind: "answer",
  status,
  body,
  headers,
});
const up = (pod: string, ...samples: (readonly [number, string | number])[]) => ({
  labels: { __name__: "up", pod },
  samples: samples.map(([seconds, value]) => [origin + seconds * 1_000, value] as const),
});
const empty = '{"status":"success","data":{"resultType":"matrix","result":[]}}';
/** Nothing, by a clock that is so far ahead of the test's. */
const dated = (aheadMs: number): Reply =>
  answer(200, empty, { date: new Date(origin + aheadMs).toUTCString() });
const single = up("a", [10, 1]);
const shown = { series: [{ labels: single.labels, times: [origin + 10_000], values: [1] }], warnings: [] };

async function failureOf(reading: Promise<unknown>): Promise<CoalmineError> {
  const thrown = await reading.then(
    () => "nothing",
    (error: unknown) => error,
  );
  if (!(thrown instanceof CoalmineError)) throw new TypeError(`expected a CoalmineError, met ${thrown}`);
  return thrown;
}

describeSampleSource("createPrometheusSource", {
  origin,
  holding: async (series) => {
    fake.hold(
      ...series.map(({ labels, samples }) => ({
        labels,
        samples: samples.map(([offset, value]) => [origin + offset, value] as const),
      })),
    );
    return sourceOf();
  },
  unreachable: async () => {
    await fake.close();
    return sourceOf();
  },
});

describe("createPrometheusSource asks", () => {
  it("for the range selector at the window's end, by a form, under the url's path", async () => {
    fake.hold(single);
    const source = sourceOf({ url: `${fake.url}/prometheus/` });
    const matchers = [{ label: "pod", op: "=", value: 'a "b"' }] as const;
    await source.read({ metric: "up", matchers }, { from: origin - 500, to: origin + 1_250 }, never);
    const [request] = fake.requests;
    expect(request).toMatchObject({ method: "POST", path: "/prometheus/api/v1/query" });
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(request?.params.get("query")).toBe(String.raw`up{pod="a \"b\""}[1750ms]`);
    expect(request?.params.get("time")).toBe(`${origin / 1_000 + 1}.250`);
    expect(request?.params.get("timeout")).toBe("10000ms");
  });

  it("nothing for a window that holds no time", async () => {
    const answered = await sourceOf().read(selector, { from: origin, to: origin }, never);
    expect(answered).toEqual({ series: [], warnings: [] });
    expect(fake.requests).toHaveLength(0);
  });

  it("by GET once a server takes no POST, and from then on", async () => {
    fake.hold(single);
    fake.next(answer(405));
    const source = sourceOf();
    expect(await read(source)).toEqual(shown);
    expect(await read(source)).toEqual(shown);
    expect(fake.requests.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
  });

  it("by GET from the start where the settings say so", async () => {
    fake.hold(single);
    expect(await read(sourceOf({ method: "GET" }))).toEqual(shown);
    expect(fake.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("with the tenant's header", async () => {
    await read(sourceOf({ headers: { "X-Scope-OrgID": "shop" } }));
    expect(fake.requests[0]?.headers).toMatchObject({ "x-scope-orgid": "shop" });
    expect(fake.requests[0]?.headers.authorization).toBeUndefined();
  });

  it("over connections it already has", async () => {
    const source = sourceOf();
    for (let i = 0; i < 5; i++) await read(source);
    expect(new Set(fake.requests.map(({ clientPort }) => clientPort)).size).toBeLessThan(5);
  });
});

describe("createPrometheusSource shows who it is", () => {
  const authorizationIn = (index: number) => fake.requests[index]?.headers.authorization;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "coalmine-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("with a bearer token", async () => {
    await read(sourceOf({ auth: { kind: "bearer", token: "secret-1" } }));
    expect(authorizationIn(0)).toBe("Bearer secret-1");
  });

  it("with a user name and a password, colons and umlauts included", async () => {
    await read(sourceOf({ auth: { kind: "basic", username: "ann", password: "p:ä" } }));
    expect(authorizationIn(0)).toBe(`Basic ${Buffer.from("ann:p:ä").toString("base64")}`);
  });

  it("with the token its file holds at the time", async () => {
    const tokenFile = join(folder, "token");
    const source = sourceOf({ auth: { kind: "bearer", tokenFile } });
    await writeFile(tokenFile, "old\n");
    await read(source);
    await writeFile(tokenFile, " new \n\n");
    await read(source);
    expect([authorizationIn(0), authorizationIn(1)]).toEqual(["Bearer old", "Bearer new"]);
  });

  it("with the password its file holds", async () => {
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, " spaced \r\n");
    await read(sourceOf({ auth: { kind: "basic", username: "ann", passwordFile } }));
    expect(authorizationIn(0)).toBe(`Basic ${Buffer.from("ann: spaced ").toString("base64")}`);
  });

  it("and says which file it misses, or finds empty, without asking", async () => {
    const tokenFile = join(folder, "token");
    const source = sourceOf({ auth: { kind: "bearer", tokenFile } });
    const missing = await failureOf(read(source));
    await writeFile(tokenFile, "\n");
    const empty = await failureOf(read(source));
    expect(missing.code).toBe("source-unavailable");
    expect(missing.message).toContain(`tokenFile cannot be read: ENOENT`);
    expect(empty.message).toContain(`tokenFile ${tokenFile} holds no token`);
    expect(fake.requests).toHaveLength(0);
  });

  it.each([401, 403])("and tells of a refusal (%i) without any secret", async (status) => {
    fake.always(apiError(status, "unauthorized", "no user for Bearer secret-1"));
    const settings = { auth: { kind: "bearer", token: "secret-1" }, headers: { "X-Key": "secret-2" } };
    const error = await failureOf(read(sourceOf(settings)));
    expect(error.code).toBe("query-rejected");
    expect(error.message).toContain(`${fake.url}/api/v1/query: `);
    expect(error.message).toContain("check the source's auth settings");
    expect(JSON.stringify(error) + error.message + error.stack).not.toMatch(/secret-/);
    expect(fake.requests).toHaveLength(1);
  });
});

describe("createPrometheusSource reads", () => {
  it("the server's warnings, and no informational annotations", async () => {
    fake.hold(single);
    const extra = {
      warnings: ["store\n  10.0.0.1 is away", "and another"],
      infos: ["metric might not be a counter"],
    };
    fake.next({ kind: "evaluate", extra });
    const { warnings, series } = await read(sourceOf({ partialAnswers: "accept" }));
    expect(warnings).toEqual(["store 10.0.0.1 is away", "and another"]);
    expect(series).toEqual(shown.series);
  });

  it("VictoriaMetrics' word for a partial response as a warning", async () => {
    fake.next({ kind: "evaluate", extra: { isPartial: true } });
    const { warnings } = await read(sourceOf({ partialAnswers: "accept" }));
    expect(warnings).toEqual([expect.stringContaining("partial response")]);
  });

  it("the samples of replicas as one series, without the labels that tell them apart", async () => {
    const replica = (name: string, ...samples: (readonly [number, number])[]) => {
      const { labels, ...rest } = up("a", ...samples);
      return { labels: { ...labels, prometheus_replica: name }, ...rest };
    };
    fake.hold(replica("1", [10, 1], [20, 3], [30, 5]), replica("0", [15, 2], [20, 2], [35, 6]));
    const { series } = await read(sourceOf());
    expect(series).toEqual([
      {
        labels: { __name__: "up", pod: "a" },
        times: [10, 15, 20, 30, 35].map((seconds) => origin + seconds * 1_000),
        values: [1, 2, 3, 5, 6],
      },
    ]);
  });

  it("replicas apart where the settings name no replica labels", async () => {
    fake.hold({ ...single, labels: { ...single.labels, prometheus_replica: "0" } }, single);
    expect((await read(sourceOf({ replicaLabels: [] }))).series).toHaveLength(2);
  });

  it("native histograms with every bucket, the one around zero included", async () => {
    const histogram = {
      count: "7",
      sum: "+Inf",
      buckets: [
        [1, "-2", "-1", "1"],
        [3, "-0.001", "0.001", "2"],
        [0, "1", "2", "4"],
      ],
    };
    fake.hold({ labels: { __name__: "up" }, histograms: [[origin + 5_000, histogram]] });
    const { series } = await read(sourceOf());
    const buckets = [
      { lower: -2, upper: -1, count: 1 },
      { lower: -0.001, upper: 0.001, count: 2 },
      { lower: 1, upper: 2, count: 4 },
    ];
    expect(series).toEqual([
      {
        labels: { __name__: "up" },
        times: [],
        values: [],
        histograms: [
          { time: origin + 5_000, histogram: { count: 7, sum: Number.POSITIVE_INFINITY, buckets } },
        ],
      },
    ]);
  });
});

describe("createPrometheusSource and the server's clock", () => {
  const past = { from: origin - 60_000, to: origin };

  it("says how far it is off where that can be borne, in the same words at every read", async () => {
    const source = sourceOf();
    fake.next(dated(10_000), dated(12_000), dated(-10_000), dated(4_000));
    const told = [];
    for (let i = 0; i < 4; i++) told.push((await read(source)).warnings);
    const words = (off: string) => [
      `its clock is about ${off} this machine's; counts are of a time shifted by as much`,
    ];
    expect(told).toEqual([words("10s ahead of"), words("10s ahead of"), words("10s behind"), []]);
  });

  it("believes what has no date, or none that can be read", async () => {
    fake.next(answer(200, empty, { date: "yesterday" }), answer(200, empty));
    const source = sourceOf();
    expect((await read(source)).warnings).toEqual([]);
    expect((await read(source)).warnings).toEqual([]);
  });

  it("reads on beyond the present, to see samples that are stamped too late, and hands on none of them", async () => {
    fake.hold(up("a", [-10, 1], [29, 2]));
    const { series } = await sourceOf().read(selector, past, never);
    expect(series.flatMap(({ values }) => values)).toEqual([1]);
    const { params } = fake.requests[0] ?? {};
    expect(params?.get("time")).toBe(`${origin / 1_000 + 150}.000`);
    expect(params?.get("query")).toBe("up[210000ms]");
  });

  it("refuses samples that are stamped later than the clocks may differ", async () => {
    fake.hold(up("a", [-10, 1], [91, 2]));
    const error = await failureOf(sourceOf({ retryBudgetMs: 0 }).read(selector, past, never));
    expect(error.code).toBe("source-unavailable");
    expect(error.message).toContain("stamped 1m31s ahead of this machine's clock, over the limit of 30s");
  });

  it("takes the limit from the settings", async () => {
    fake.hold(up("a", [-10, 1], [91, 2]));
    fake.next(dated(100_000));
    const source = sourceOf({ maxClockSkewMs: 120_000 });
    expect((await read(source)).warnings).toHaveLength(1);
    expect((await source.read(selector, past, never)).series[0]?.values).toEqual([1]);
  });

  it("reads windows of the past to their end", async () => {
    const from = origin - 3_600_000;
    await sourceOf().read(selector, { from, to: from + 60_000 }, never);
    expect(fake.requests[0]?.params.get("time")).toBe(`${(from + 60_000) / 1_000}.000`);
  });
});

describe("createPrometheusSource asks again", () => {
  const html = "<html><body>Bad Gateway</body></html>";
  const unavailable = "rpc error: code = Unavailable desc = connection error";
  const troubles: readonly (readonly [string, Reply, string])[] = [
    ["a 500", apiError(500, "internal", "disk on fire"), "HTTP status 500: disk on fire"],
    ["a proxy's 502", answer(502, html), "HTTP status 502"],
    ["a query that timed out", apiError(503, "timeout", "query timed out"), "query timed out"],
    ["a limit on queries", answer(429, "slow down"), "HTTP status 429"],
    ["a cancelled query", apiError(499, "canceled", "context canceled"), "context canceled"],
    ["a store that was away", apiError(422, "execution", unavailable), "code = Unavailable"],
    ["no content", answer(204), "HTTP status 204"],
    ["a cut connection", { kind: "cut" }, "the connection was cut"],
    ["half a body", { kind: "half" }, "the connection was cut"],
    ["what is no JSON", answer(200, html), "not JSON"],
    ["an empty body", answer(200), "not JSON"],
    ["JSON of another kind", answer(200, "[1]"), "not an object"],
    ["an object of another kind", answer(200, '{"status":"success"}'), "no query result"],
    ["an error that calls itself fine", answer(200, '{"status":"error","errorType":"x"}'), "an error, x"],
    [
      "another result",
      answer(200, '{"status":"success","data":{"resultType":"scalar","result":[]}}'),
      "a scalar",
    ],
    [
      "an answer that is not whole",
      { kind: "evaluate", extra: { warnings: ["store 10.0.0.1 is away"] } },
      "its answer is not whole (store 10.0.0.1 is away)",
    ],
    ["a part of the storage's", { kind: "evaluate", extra: { isPartial: true } }, "is not whole (partial"],
    ["an encoding of its own", answer(200, "\x1f", { "content-encoding": "gzip" }), "encoded as gzip"],
    ["a page", answer(200, html, { "content-type": "text/html; charset=utf-8" }), "not JSON but text/html"],
    ["half a text", answer(200, "{", { "content-type": "application/json" }), "cut short or damaged"],
    ["a clock that is ahead", dated(90_000), "ahead of this machine's, over the limit of 30s"],
    ["a clock that is behind", dated(-90_000), "behind this machine's, over the limit of 30s"],
    ["no list", answer(200, '{"status":"success","data":{"resultType":"matrix","result":{}}}'), "no list"],
  ];

  it.each(troubles)("after %s", async (_, trouble) => {
    fake.hold(single);
    fake.next(trouble);
    expect(await read(sourceOf())).toEqual(shown);
    expect(fake.requests).toHaveLength(2);
  });

  it.each(troubles)(
    "after %s until the budget is spent, and names address and cause",
    async (_, trouble, cause) => {
      fake.always(trouble);
      const error = await failureOf(read(sourceOf({ retryBudgetMs: 2_000 })));
      expect(error.code).toBe("source-unavailable");
      expect(error.message).toMatch(
        /^no usable answer from http:[^ ]*\/api\/v1\/query in 4 tries \(retry budget 2s\): /,
      );
      expect(error.message).toContain(cause);
      expect(error.message).not.toMatch(/\n|<html>/);
      expect(fake.requests).toHaveLength(4);
    },
  );

  it("at distances that double up to five seconds, in the budget", async () => {
    fake.always(answer(500));
    await failureOf(read(sourceOf()));
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000]);
  });

  it("sooner by up to half, by chance", async () => {
    fake.always(answer(500));
    await failureOf(read(sourceOf({ retryBudgetMs: 1_000 }, () => 0.5)));
    expect(waits).toEqual([150, 300]);
  });

  it("never where there is no budget", async () => {
    fake.always(answer(500));
    expect((await failureOf(read(sourceOf({ retryBudgetMs: 0 })))).message).toContain("in 1 try ");
    expect(fake.requests).toHaveLength(1);
  });

  it("no sooner than the server asks for, in seconds or as a date", async () => {
    const date = new Date(origin + 20_000).toUTCString();
    fake.next(answer(429, "", { "retry-after": "7" }), answer(503, "", { "retry-after": date }));
    fake.hold(single);
    expect(await read(sourceOf())).toEqual(shown);
    expect(waits).toEqual([7_000, 13_000]);
  });

  it("not at all if the server asks for more than the budget", async () => {
    fake.always(answer(429, "", { "retry-after": "3600" }));
    expect((await failureOf(read(sourceOf()))).code).toBe("source-unavailable");
    expect(fake.requests).toHaveLength(1);
  });

  it.each(["silent", "stalled"] as const)("after a server that stays %s beyond the timeout", async (kind) => {
    fake.hold(single);
    fake.next({ kind });
    expect(await read(sourceOf({ timeoutMs: 50 }))).toEqual(shown);
    fake.always({ kind });
    const error = await failureOf(read(sourceOf({ timeoutMs: 20, retryBudgetMs: 500 })));
    expect(error.message).toContain("no whole answer within 20ms");
  });

  it("telling the server to take no longer than is left of the budget", async () => {
    fake.next(answer(500), answer(500));
    await read(sourceOf({ retryBudgetMs: 1_000 }));
    expect(fake.requests.map(({ params }) => params.get("timeout"))).toEqual(["10000ms", "800ms", "400ms"]);
  });
});

describe("createPrometheusSource does not ask again", () => {
  const rejections: readonly (readonly [string, Reply, string])[] = [
    ["a bad query", apiError(400, "bad_data", 'parse error: unexpected "}"'), 'parse error: unexpected "}"'],
    ["a bad query that names a passing trouble", apiError(400, "bad_data", "connection refused"), "refused"],
    ["a query over a limit", apiError(422, "execution", "too many samples"), "too many samples"],
    [
      "a rejection with status 200",
      answer(200, '{"status":"error","errorType":"bad_data","error":"no"}'),
      "no",
    ],
    ["a rejection without words", answer(400, "<html>"), "HTTP status 400"],
    ["a login page elsewhere", answer(302, "", { location: "https://login?secret" }), "set the source's url"],
    ["a wrong path", answer(404, "404 page not found"), "check the source's url"],
    ["a server that takes neither POST nor GET", answer(405), "check the source's url"],
  ];

  it.each(rejections)("after %s, and says what was wrong", async (_, rejection, words) => {
    fake.always(rejection);
    const error = await failureOf(read(sourceOf()));
    expect(error.code).toBe("query-rejected");
    expect(error.message).toContain(`${fake.url}/api/v1/query: `);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("<html>");
    expect(waits).toEqual([]);
  });

  it("and cuts what the server says to one line of 300 characters", async () => {
    fake.always(apiError(400, "bad_data", `first\n\tsecond ${"x".repeat(10_000)}`));
    const { message } = await failureOf(read(sourceOf()));
    expect(message).toContain("first second xxx");
    expect(message.length).toBeLessThan(450);
    expect(message).not.toMatch(/[\n\t]/);
  });

  it("after an answer over the size limit, which it cuts early", async () => {
    const bytes = 200 * 1024 * 1024;
    fake.always({ kind: "endless", bytes });
    const error = await failureOf(read(sourceOf({ maxResponseBytes: 1024 * 1024 })));
    expect(error.code).toBe("query-rejected");
    expect(error.message).toContain("over the limit of 1048576 bytes: narrow the selector");
    expect(error.message).toContain("raise maxResponseBytes");
    expect(fake.bytesSent).toBeLessThan(bytes / 4);
    expect(fake.requests).toHaveLength(1);
  });

  it("reads no more of an error than it may show, and goes on afterwards", async () => {
    const bytes = 200 * 1024 * 1024;
    fake.next({ kind: "endless", bytes, status: 400 });
    fake.hold(single);
    const source = sourceOf();
    expect((await failureOf(read(source))).code).toBe("query-rejected");
    expect(fake.bytesSent).toBeLessThan(bytes / 4);
    expect(await read(source)).toEqual(shown);
  });
});

describe("createPrometheusSource", () => {
  it("throws the caller's own reason while it waits for an answer", async () => {
    const caller = new AbortController();
    const reason = new Error("enough");
    fake.always({ kind: "stalled" });
    const reading = read(sourceOf(), caller.signal);
    await expect.poll(() => fake.requests.length).toBe(1);
    caller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it("throws the caller's own reason while it waits to ask again", async () => {
    const caller = new AbortController();
    const reason = new Error("enough");
    fake.always(answer(500));
    const settings = prometheusSourceSettings.parse({ url: fake.url });
    const clock: Clock = {
      now: () => origin,
      until: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          caller.abort(reason);
        }),
    };
    const source = createPrometheusSource({ name: "default", settings, clock, random: () => 0 });
    opened.push(source);
    await expect(read(source, caller.signal)).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(1);
  });

  it("names a server that refuses connections", async () => {
    const refused = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    const error = await failureOf(read(sourceOf({ url: `http://127.0.0.1:${refused}` })));
    expect(error.code).toBe("source-unavailable");
    expect(error.message).toContain(`http://127.0.0.1:${refused}/api/v1/query`);
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("finds a server reachable that answers a query", async () => {
    await sourceOf().checkReachable(never);
    expect(fake.requests[0]?.params.get("query")).toBe("vector(1)");
    expect(fake.requests[0]?.params.has("time")).toBe(false);
  });

  it("finds a server unreachable that answers no vector", async () => {
    fake.always(answer(200, '{"status":"success","data":{"resultType":"matrix","result":[]}}'));
    expect((await failureOf(sourceOf().checkReachable(never))).code).toBe("source-unavailable");
  });

  it("meets any JSON with an answer or a CoalmineError", async () => {
    const source = sourceOf({ retryBudgetMs: 0 });
    const data = fc.record({ resultType: fc.constant("matrix"), result: fc.jsonValue() });
    const whole = fc.record({ status: fc.constant("success"), data, warnings: fc.jsonValue() });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), whole),
        fc.constantFrom(200, 400, 500),
        async (body, status) => {
          fake.next(answer(status, JSON.stringify(body)));
          const outcome = await read(source).then(
            () => "answer",
            (error: unknown) => (error instanceof CoalmineError ? error.code : error),
          );
          expect(["answer", "source-unavailable", "query-rejected"]).toContain(outcome);
          if (status !== 200) expect(outcome).not.toBe("answer");
        },
      ),
      { numRuns: 150 },
    );
  });
});
