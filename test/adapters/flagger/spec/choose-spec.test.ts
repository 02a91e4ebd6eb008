import { describe, expect, it } from "vitest";
import { createChooseSpec } from "../../../../src/adapters/flagger/spec/choose-spec.ts";
import type { SpecChoice } from "../../../../src/adapters/flagger/spec/spec-choice.ts";
import { parseSpec } from "../../../../src/analysis/spec/parse-spec.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";

type Texts = Readonly<Record<string, string>>;

const canary = { namespace: "shop", name: "checkout" };

function call(metadata: Texts, of = canary) {
  return { hook: "pre-rollout", canary: of, phase: "Progressing", checksum: "5f7", metadata } as const;
}

/** Chooses among documents of these names, which a test may exchange. */
function choosing(documents: Readonly<Record<string, unknown>> = {}) {
  const known = new Map(Object.entries(documents));
  const chooseSpec = createChooseSpec({
    specs: {
      async find(name) {
        const document = known.get(name);
        if (document instanceof Error) throw document;
        if (document === undefined) throw new CoalmineError("not-found", `there is no spec \`${name}\``);
        return document;
      },
    },
  });
  return { known, choose: (metadata: Texts, of = canary) => chooseSpec(call(metadata, of)) };
}

function choose(metadata: Texts, documents: Readonly<Record<string, unknown>> = {}): Promise<SpecChoice> {
  return choosing(documents).choose(metadata);
}

async function specOf(metadata: Texts, documents: Readonly<Record<string, unknown>> = {}) {
  return (await choose(metadata, documents)).spec;
}

const bare = { service: "checkout", namespace: "shop", telemetry: "flagger-istio" };

describe("a hook that says nothing", () => {
  it("asks for the defaults of the Canary on Istio", async () => {
    await expect(choose({})).resolves.toEqual({
      spec: parseSpec(bare),
      options: { onInconclusive: "hold", holdTimeoutMs: 3_600_000 },
      isSaid: false,
      unknownKeys: [],
    });
  });

  it("has keys that are not about a spec, and may have some that are not known", async () => {
    const others = {
      hook: "rollout",
      token: "s",
      eventMessage: "m",
      eventType: "Normal",
      timestamp: "1",
      cmd: "x",
    };
    await expect(choose(others)).resolves.toMatchObject({ isSaid: false, unknownKeys: [expect.any(String)] });
  });
});

describe("words", () => {
  it("are the spec, and what they leave out is the Canary's", async () => {
    const words = {
      duration: "30m",
      errorLimit: "1%",
      telemetryBadStatus: "5..",
      source: "us, eu",
      falseAlarm: "1%",
    };
    await expect(specOf(words)).resolves.toEqual(
      parseSpec({
        ...bare,
        telemetry: { preset: "flagger-istio", badStatus: "5.." },
        source: ["us", "eu"],
        duration: "30m",
        budget: { falseAlarm: "1%" },
        metrics: [
          { kind: "errors", limit: "1%", compare: {} },
          { kind: "latency", compare: {} },
        ],
      }),
    );
  });

  it("may name service, namespace and cohorts", async () => {
    const named = { service: "cart", namespace: "shop", canaryWorkload: "a", baselineWorkload: "b" };
    await expect(specOf(named)).resolves.toMatchObject({
      service: "cart",
      canary: { workload: "a" },
      baseline: { workload: "b" },
    });
    await expect(specOf({ canaryWorkload: "a", errorLimit: "1%" })).resolves.toMatchObject({
      canary: { workload: "a" },
      baseline: null,
    });
  });

  it.each([
    ["99", 0.01],
    ["99.5", 0.005],
    ["99.9", 0.001],
    ["99.99 %", 0.0001],
    ["95%", 0.05],
  ])("take the success rate that Flagger knows: %s", async (threshold, atMost) => {
    const { metrics } = await specOf({ threshold });
    expect(metrics).toMatchObject([{ kind: "errors", limit: { atMost } }, { kind: "latency" }]);
  });

  it("tell the workload from the service by its target", async () => {
    const cohorts = { canary: { workload: "app" }, baseline: { workload: "app-primary" } };
    await expect(specOf({ target: "app" })).resolves.toEqual(
      parseSpec({ ...bare, telemetry: { preset: "flagger-istio", target: "app" } }),
    );
    await expect(specOf({ target: "app", telemetry: "linkerd" })).resolves.toMatchObject(cohorts);
    await expect(specOf({ service: "app" })).resolves.toMatchObject(cohorts);
  });

  it.each([
    ["linkerd", { canary: { workload: "checkout" }, baseline: { workload: "checkout-primary" } }],
    ["http", { canary: { workload: "checkout" }, baseline: { workload: "checkout-primary" } }],
    ["traefik", { canary: { service: "checkout-canary" }, baseline: { service: "checkout-primary" } }],
    ["contour", { canary: { service: "checkout-canary" }, baseline: { service: "checkout-primary" } }],
    ["nginx", { canary: { selector: 'canary!=""' }, baseline: { selector: 'canary=""' } }],
  ])("know how Flagger calls the cohorts under %s", async (telemetry, cohorts) => {
    const spec = await specOf({ telemetry, errorLimit: "1%" });
    expect(spec).toMatchObject({ ...cohorts, metrics: [{ compare: {} }, { kind: "latency" }] });
  });
});

describe("a release that ends undecided", () => {
  it("may be held, rolled back or promoted", async () => {
    await expect(choose({ onInconclusive: "rollback", holdTimeout: "24h" })).resolves.toMatchObject({
      options: { onInconclusive: "rollback", holdTimeoutMs: 86_400_000 },
      isSaid: true,
    });
    await expect(choose({ spec: "a", onInconclusive: "promote" }, { a: {} })).resolves.toMatchObject({
      options: { onInconclusive: "promote", holdTimeoutMs: 3_600_000 },
    });
    await expect(choose({ holdTimeout: "90s" })).resolves.toMatchObject({
      options: { onInconclusive: "hold", holdTimeoutMs: 90_000 },
      isSaid: true,
    });
  });
});

describe("a named spec", () => {
  const strict = { duration: "30m", metrics: [{ kind: "errors", limit: "0.1%" }] };

  it("gets what it leaves out from the Canary", async () => {
    const { spec, isSaid } = await choose({ spec: "strict" }, { strict });
    expect(isSaid).toBe(true);
    expect(spec).toEqual(parseSpec({ ...bare, ...strict }));
    await expect(
      specOf({ spec: "pods" }, { pods: { telemetry: "http", service: "cart" } }),
    ).resolves.toMatchObject({
      service: "cart",
      canary: { workload: "cart" },
      baseline: { workload: "cart-primary" },
    });
  });

  it("gives way to words that are one key of it", async () => {
    const documents = { strict: { ...strict, budget: { falsePass: "1%" }, telemetry: "istio" } };
    const beside = {
      duration: "45m",
      source: "eu",
      falseAlarm: "2%",
      telemetryBadStatus: "5..",
      service: "cart",
    };
    await expect(specOf({ spec: "strict", ...beside }, documents)).resolves.toEqual(
      parseSpec({
        ...strict,
        namespace: "shop",
        service: "cart",
        telemetry: { preset: "istio", badStatus: "5.." },
        cohorts: { canary: { workload: "cart" }, baseline: { workload: "cart-primary" } },
        source: "eu",
        duration: "45m",
        budget: { falsePass: "1%", falseAlarm: "2%" },
      }),
    );
    await expect(specOf({ spec: "strict", target: "app" }, { strict })).resolves.toMatchObject({
      telemetry: { preset: "flagger-istio", options: { target: "app" } },
      canary: { workload: "app" },
    });
  });

  it("is for its own namespace only, if it names one", async () => {
    const { choose: of } = choosing({ shops: { namespace: "shop" } });
    await expect(of({ spec: "shops" })).resolves.toMatchObject({ spec: { namespace: "shop" } });
    await expect(of({ spec: "shops" }, { namespace: "cart", name: "checkout" })).rejects.toMatchObject({
      code: "invalid-spec",
      message: expect.stringContaining('spec: shops: is for the namespace "shop", not for Canaries of cart'),
    });
  });

  it("that is not there is not found", async () => {
    await expect(choose({ spec: "other" }, { strict })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("what is refused, by the keys to mend", () => {
  const limits = { metrics: [{ kind: "errors", limit: "lots" }], duration: "30m" };
  const unreadable = new CoalmineError("invalid-spec", "f.yaml: line 1", {
    problems: [{ path: "", message: "f.yaml: line 1" }],
  });

  it.each<[Texts, string]>([
    [{ errorLimit: "lots" }, "errorLimit: expected a rate"],
    [{ duration: "soon" }, "duration: expected a duration"],
    [{ falseAlarm: "60%" }, "falseAlarm: expected at most 50%"],
    [{ telemetry: "istoi" }, "telemetry: unknown preset `istoi`; did you mean `istio`?"],
    [{ telemetry: "istoi", target: "app" }, "telemetry: unknown preset"],
    [{ telemetry: "envoy" }, "canary*: names no pods"],
    [{ baselineWorkload: "b" }, "canary*: is missing"],
    [{ canaryWorkload: "" }, "canaryWorkload: is empty"],
    [
      { workload: "w" },
      "workload: tells neither cohort apart; add canaryHash or another word of a cohort, or give canaryWorkload",
    ],
    [{ stableHash: "a", baselineHash: "b", canaryHash: "c" }, "stableHash: says the same as baselineHash"],
    [
      { metrics: "saturation" },
      'metrics: expected errors, latency or errors,latency, got "saturation"; a named spec (`spec`) takes other metrics',
    ],
    [{ metrics: "latency", threshold: "99" }, "threshold: is about a metric that `metrics` leaves out"],
    [{ telemetryTarget: "a", target: "b" }, "target: says the same as telemetryTarget"],
    [{ target: "a b" }, "target: expected the name of the targetRef"],
    [{ target: "a", telemetry: "nginx" }, "target: says nothing here"],
    [{ target: "a", canaryWorkload: "b", baselineWorkload: "c" }, "target: says nothing here"],
    [{ namespace: "cart" }, 'namespace: is always the Canary\'s, shop, not "cart"'],
    [{ latencyLimit: "500" }, "latencyLimit: expected a latency with its unit"],
    [{ threshold: "99", errorLimit: "1%" }, "threshold: says the same as errorLimit"],
    [{ threshold: "0.995" }, "write 99.5 if a percentage is meant"],
    [
      { threshold: "5" },
      'threshold: expected the percentage of requests that must succeed, from 50 to below 100, such as 99.5, got "5"; Flagger\'s number of failed checks',
    ],
    [{ threshold: "100" }, "threshold: expected the percentage"],
    [{ threshold: "-1" }, "threshold: expected the percentage"],
    [{ onInconclusive: "wait" }, "onInconclusive: expected one of hold, rollback, promote"],
    [{ holdTimeout: "25h" }, "holdTimeout: expected at most 24h"],
    [{ holdTimeout: "long" }, "holdTimeout: expected a duration"],
    [{ spec: "" }, "spec: expected the name of a spec"],
    [{ spec: "../etc" }, "spec: expected the name of a spec"],
    [{ spec: "limits" }, "spec: limits: metrics.0.limit: expected a rate"],
    [{ spec: "list" }, "spec: list: expected a map"],
    [{ spec: "unreadable" }, "spec: unreadable: f.yaml: line 1"],
    [{ spec: "elsewhere" }, 'spec: elsewhere: is for the namespace "cart"'],
    [{ spec: "good", duration: "1s" }, "duration: 1s cannot give a verdict"],
    [{ spec: "good", threshold: "99" }, "threshold: stands in the spec that `spec` names"],
    [{ spec: "good", errorLimit: "1%" }, "errorLimit: stands in the spec"],
    [{ spec: "good", telemetry: "istio" }, "telemetry: stands in the spec"],
    [{ spec: "good", canaryWorkload: "a" }, "canaryWorkload: stands in the spec"],
    [{ spec: "good", namespace: "cart" }, "namespace: is always the Canary's"],
    [{ spec: "ingress", target: "a" }, "target: says nothing here"],
  ])("%o", async (metadata, message) => {
    const elsewhere = { namespace: "cart" };
    const documents = { limits, unreadable, elsewhere, list: [], good: {}, ingress: { telemetry: "nginx" } };
    const refused = choose(metadata, documents);
    await expect(refused).rejects.toMatchObject({
      code: "invalid-spec",
      message: expect.stringContaining(message),
    });
  });

  it("is told all at once", async () => {
    const metadata = { errorLimit: "lots", threshold: "5", onInconclusive: "wait", namespace: "cart" };
    const refused = choose(metadata).catch((error: CoalmineError) =>
      error.problems.map(({ path }) => path).sort(),
    );
    await expect(refused).resolves.toEqual([
      "errorLimit",
      "namespace",
      "onInconclusive",
      "threshold",
      "threshold",
    ]);
  });
});

describe("keys that are not known", () => {
  it("are told with the nearest that is, and never with their values", async () => {
    const metadata = {
      threshhold: "s3cret",
      error_limit: "s3cret",
      zzzzzzzz: "s3cret",
      cmd: "s3cret",
      token: "s3cret",
    };
    const choice = await choose(metadata);
    expect(choice.unknownKeys).toEqual([
      "threshhold: unknown key; did you mean `threshold`?",
      "error_limit: unknown key; did you mean `errorLimit`?",
      "zzzzzzzz: unknown key; see docs/flagger-metadata.md",
      "cmd: unknown key; it belongs to Flagger's load tester",
    ]);
    expect(JSON.stringify(choice)).not.toContain("s3cret");
  });

  it("are one short line each", async () => {
    const { unknownKeys } = await choose({ ["a\nb".repeat(80)]: "", "\u2028\u202e": "", constructor: "" });
    expect(unknownKeys).toHaveLength(3);
    expect(unknownKeys.every((text) => text.length < 120 && !/[\p{C}\p{Zl}]/u.test(text))).toBe(true);
  });
});

describe("a choice that is asked for again", () => {
  it("is the same, whatever the token and the event", async () => {
    const { choose: again } = choosing();
    const first = await again({ duration: "30m", token: "a", timestamp: "1" });
    expect(await again({ duration: "30m", token: "b", timestamp: "2" })).toBe(first);
    expect(await again({ duration: "31m" })).not.toBe(first);
    expect(await again({ duration: "30m" }, { namespace: "shop", name: "cart" })).not.toBe(first);
    expect((await again({ duration: "30m" }, { namespace: "cart", name: "checkout" })).spec.namespace).toBe(
      "cart",
    );
    expect((await again({ duration: "30m", durration: "" })).unknownKeys).toHaveLength(1);
  });

  it("follows the document that it names", async () => {
    const { choose: again, known } = choosing({ strict: { duration: "30m" } });
    const first = await again({ spec: "strict" });
    expect(await again({ spec: "strict" })).toBe(first);
    known.set("strict", { duration: "lots" });
    await expect(again({ spec: "strict" })).rejects.toMatchObject({ code: "invalid-spec" });
    await expect(again({ spec: "strict" })).rejects.toMatchObject({ code: "invalid-spec" });
    known.set("strict", { duration: "40m" });
    await expect(again({ spec: "strict" })).resolves.toMatchObject({ spec: { durationMs: 2_400_000 } });
    known.delete("strict");
    await expect(again({ spec: "strict" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("is forgotten after thousands of others", async () => {
    const { choose: again } = choosing();
    const first = await again({ service: "first" });
    for (let other = 0; other < 5_000; other++) await again({ service: `other-${other}` });
    const later = await again({ service: "first" });
    expect(later).not.toBe(first);
    expect(later).toEqual(first);
  });
});
