/** How Flagger sends webhooks and metric queries, and what it makes of the answers: the facts that Coalmine's adapter relies on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoadTester } from "../../servers/start-load-tester.ts";
import type { Manifest } from "../../support/kubernetes-api.ts";
import { type LoopbackServer, serveOnLoopback } from "../../support/loopback-server.ts";
import { downTag } from "../../support/pod-metrics/pod-metrics.ts";
import { type CanaryOptions, type CanaryWebhook, canaryManifests } from "./canary-manifests.ts";
import { type HookRecorder, type RecordedAnswer, startHookRecorder } from "./hook-recorder.ts";
import { type FlaggerShop, openFlaggerShop } from "./shop.ts";

/** Generous: several releases run at once on whatever machine there is. */
const patience = 400;

/** What the rollout webhook of the Canary `answers` is told, tick by tick. */
const answers: readonly RecordedAnswer[] = [
  { status: 403, text: "p99 is worse" },
  { status: 500, text: "lost" },
  { status: 429, text: "lost" },
  { status: 204 },
  { status: 203, text: "more than 202" },
  { status: 403, text: "x".repeat(3_000) },
];

interface MetricQueries extends LoopbackServer {
  /** The Authorization headers of each query so far. */
  readonly authorizations: readonly (readonly string[])[];
}

let recorder: HookRecorder;
let queries: MetricQueries;
let shop: FlaggerShop;
let released: Promise<void>;

beforeAll(async () => {
  recorder = await startHookRecorder();
  queries = await startMetricQueries();
  // Go asks a proxy for no address of its own machine.
  shop = await openFlaggerShop({ namespace: "requests", env: { HTTP_PROXY: recorder.url } });
  recorder.answer("answers", (hook, nth) => (hook === "rollout" ? answers[nth] : undefined));
  recorder.answer("urls", (hook) => {
    const status = /^moved-(\d+)$/.exec(hook)?.[1];
    return status === undefined ? undefined : { status: Number(status), location: `/after-${status}` };
  });
  await shop.namespace.apply(metricTemplate());
  const successRate = { name: "request-success-rate", interval: "10s", thresholdRange: { min: 99 } };
  const verdict = {
    name: "verdict",
    templateRef: { name: "verdict" },
    interval: "1m",
    thresholdRange: { min: 1 },
  };
  released = Promise.all([
    release({ name: "answers", webhooks: [hook("rollout", `${recorder.url}/rollout`)] }),
    release({
      name: "urls",
      webhooks: [
        hook("confirm-rollout", `${recorder.url.replace("//", "//coalmine:s3cret@")}/basic`),
        hook("pre-rollout", `${recorder.url}/moved-302`),
        hook("rollout", `${recorder.url}/moved-307`),
      ],
    }),
    release({
      name: "proxied",
      webhooks: [
        hook("confirm-rollout", "http://hooks.shop.test/proxied"),
        { ...hook("rollout", "http://hooks.shop.test/direct"), disableTLS: true },
      ],
    }),
    release({ name: "down", analysis: { metrics: [successRate] } }, `shop/checkout:2${downTag}`),
    release({ name: "template", analysis: { metrics: [verdict] } }),
  ]).then(() => {});
  released.catch(() => {});
});

afterAll(async () => {
  await shop?.close();
  await queries?.close();
  await recorder?.close();
});

describe("the answer of a rollout webhook", () => {
  it("is in the event unless its status is 429 or 5xx, and 204 denies without a word", async () => {
    const halts = await haltsOf("answers", answers.length);
    const start = `Halt answers.${shop.namespace.name} advancement external check rollout failed`;
    const lost = `${start} POST ${recorder.url}/rollout giving up after 1 attempt(s)`;
    expect(halts.map((text) => text.trimEnd())).toEqual([
      `${start} p99 is worse`,
      lost,
      lost,
      start,
      `${start} more than 202`,
      `${start} ${"x".repeat(3_000)}`,
    ]);
  });
});

describe("the URL of a webhook", () => {
  it("may hold a user and a password, which come as basic auth", async () => {
    const [call] = await recorder.waitFor("urls", "basic auth", (calls) => calls.length > 0, patience);
    expect(call?.hook).toBe("basic");
    expect(call?.headers.authorization).toBe(`Basic ${btoa("coalmine:s3cret")}`);
    expect(call?.target).toBe("/basic");
  });

  it("may be moved: 307 keeps the call whole, 302 makes it a GET without a body", async () => {
    const whole = await recorder.waitFor(
      "urls",
      "a call after 307",
      (calls) => calls.some((call) => call.hook === "after-307"),
      patience,
    );
    expect(whole.find((call) => call.hook === "after-307")).toMatchObject({ method: "POST", canary: "urls" });
    expect(whole.filter((call) => call.hook === "after-302")).toEqual([]);
    // Nothing says whose it is.
    const bare = recorder.calls("").find((call) => call.hook === "after-302");
    expect(bare).toMatchObject({ method: "GET", body: {} });
  });

  it("is asked of a proxy that the environment names, but not with disableTLS", async () => {
    const [halt] = await haltsOf("proxied", 1);
    expect(recorder.calls("proxied").map(({ target }) => target)).toEqual(["http://hooks.shop.test/proxied"]);
    expect(halt).toMatch(/external check rollout failed .*lookup hooks\.shop\.test/);
  });
});

describe("a metric", () => {
  it("that is built in takes a canary that fails every request for one without traffic", async () => {
    const [halt] = await haltsOf("down", 1);
    expect(halt).toMatch(
      /^Halt advancement no values found for istio metric request-success-rate probably down\.requests-\w+ is not receiving traffic/,
    );
  });

  it("of a template with headers and a token sends one more Authorization header each time", async () => {
    await released;
    await shop.namespace.waitFor({
      what: "the template has been asked three times",
      read: async () => queries.authorizations.length,
      until: (count) => count >= 3,
      seconds: patience,
    });
    const counts = queries.authorizations.map((values) => values.length);
    expect(counts.slice(0, 3)).toEqual([1, 2, 3]);
    expect(new Set(queries.authorizations.flat())).toEqual(new Set(["Bearer t0ken"]));
  });
});

describe("the load tester", () => {
  it("hangs up on a task of a type it does not know", async () => {
    const tester = await startLoadTester();
    try {
      const body = JSON.stringify({ name: "checkout", namespace: "shop", metadata: { type: "nonsense" } });
      await expect(fetch(tester.url, { method: "POST", body })).rejects.toThrow("fetch failed");
      await expect.poll(() => tester.log(), { timeout: 30_000 }).toContain("panic serving");
      expect((await fetch(`${tester.url}/gate/approve`, { method: "POST" })).status).toBe(200);
    } finally {
      await tester.stop();
    }
  });
});

async function release(options: Omit<CanaryOptions, "strategy">, image = "shop/checkout:2"): Promise<void> {
  const canary = await shop.open(
    canaryManifests({ ...options, strategy: "weights", analysis: { threshold: 20, ...options.analysis } }),
  );
  await canary.setImage(image);
}

/** The events that say why a Canary does not go on, once there are so many. */
async function haltsOf(name: string, count: number): Promise<readonly string[]> {
  await released;
  const halts = await shop.namespace.waitFor({
    what: `${name} was halted ${count} times`,
    read: async () => {
      const events = await shop.namespace.events(`Canary/${name}`);
      return events.filter(({ message, from }) => from === "flagger" && message.startsWith("Halt"));
    },
    until: (events) => events.reduce((sum, { times }) => sum + times, 0) >= count,
    seconds: patience,
  });
  return halts.flatMap(({ message, times }) => Array.from({ length: times }, () => message));
}

function hook(type: string, url: string): CanaryWebhook {
  return { name: type, type, url };
}

function metricTemplate(): readonly Manifest[] {
  const provider = {
    type: "prometheus",
    address: queries.url,
    headers: { "X-Tenant": ["shop"] },
    secretRef: { name: "verdict" },
  };
  return [
    { apiVersion: "v1", kind: "Secret", metadata: { name: "verdict" }, stringData: { token: "t0ken" } },
    {
      apiVersion: "flagger.app/v1beta1",
      kind: "MetricTemplate",
      metadata: { name: "verdict" },
      spec: { provider, query: 'coalmine_verdict{service="{{ target }}"}' },
    },
  ];
}

/** A Prometheus to which everything is 1. */
async function startMetricQueries(): Promise<MetricQueries> {
  const authorizations: (readonly string[])[] = [];
  const server = await serveOnLoopback((request, response) => {
    authorizations.push(request.headersDistinct["authorization"] ?? []);
    const result = [{ metric: {}, value: [0, "1"] }];
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  return { ...server, authorizations };
}
