import { SpanKind } from "@opentelemetry/api";
import { expect, it, vi } from "vitest";
import { createAmbient } from "../../../src/app/tracing/ambient.ts";
import { startTracing } from "../../../src/app/tracing/start-tracing.ts";
import type { TracingEnvironment } from "../../../src/app/tracing/tracing-options.ts";
import { CoalmineError } from "../../../src/base/errors.ts";
import { quietLogger } from "../../support/quiet-logger.ts";
import { stageTracing } from "./stage.ts";

const internal = { name: "work", kind: SpanKind.INTERNAL };

function start(environment: TracingEnvironment) {
  return startTracing({ environment, ambient: createAmbient(), logger: quietLogger(), version: "1.2.3" });
}

it.each<[string, TracingEnvironment]>([
  ["no collector is named", {}],
  ["the name is empty", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }],
  ["the SDK is disabled", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_SDK_DISABLED: "true" }],
  [
    "nothing is to be exported",
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_TRACES_EXPORTER: "none" },
  ],
])("is off when %s, and work is done all the same", async (_when, environment) => {
  const tracing = await start(environment);
  expect(tracing.isOn).toBe(false);
  expect(await tracing.span(internal, async () => tracing.headers())).toEqual({});
  await tracing.close();
});

it("sends spans with who they are of, to the address and with the headers of the environment", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=shop");
  vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "service.name=coalmine-eu,k8s.pod.name=coalmine-0");
  const { tracing, receiver, received } = await stageTracing();
  await tracing.span(internal, async () => undefined);
  expect(await received()).toMatchObject([{ name: "work", parentSpanId: "" }]);
  expect(receiver.resource).toMatchObject({
    "service.name": "coalmine-eu",
    "service.version": "1.2.3",
    "k8s.pod.name": "coalmine-0",
  });
  expect(receiver.headers[0]).toMatchObject({ "x-tenant": "shop" });
});

it("nests spans by what is under way, over every wait", async () => {
  const { tracing, received } = await stageTracing();
  await tracing.span({ ...internal, name: "outer" }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all(
      ["a", "b"].map((name) =>
        tracing.span({ ...internal, name }, async () => tracing.annotate({ "coalmine.source": name })),
      ),
    );
  });
  const spans = await received();
  const outer = spans.find(({ name }) => name === "outer");
  expect(spans.filter(({ parentSpanId }) => parentSpanId === outer?.spanId)).toMatchObject([
    { name: "a", attributes: { "coalmine.source": "a" } },
    { name: "b", attributes: { "coalmine.source": "b" } },
  ]);
});

it("writes down what failed by its code, without the message", async () => {
  const { tracing, receiver, received } = await stageTracing();
  const error = new CoalmineError("query-rejected", "the matcher says geheim");
  await expect(tracing.span(internal, () => Promise.reject(error))).rejects.toBe(error);
  expect(await received()).toMatchObject([{ status: 2, attributes: { "error.type": "query-rejected" } }]);
  expect(receiver.text).not.toContain("geheim");
});

it.each([
  ["always_off", undefined, 0],
  ["traceidratio", "0", 0],
  ["parentbased_traceidratio", "1", 1],
  ["parentbased_always_off", undefined, 0],
])("samples as OTEL_TRACES_SAMPLER=%s, argument %s says", async (name, share, count) => {
  const sampler = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: share };
  const { tracing, received } = await stageTracing(sampler);
  await tracing.span(internal, async () => undefined);
  expect(await received()).toHaveLength(count);
});

it("follows the caller's choice where the sampler is parent-based", async () => {
  const { tracing, received } = await stageTracing({ OTEL_TRACES_SAMPLER: "parentbased_always_off" });
  const from = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
  await tracing.span({ ...internal, from }, async () => undefined);
  expect(await received()).toMatchObject([
    { traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" },
  ]);
});

it.each([
  [{ OTEL_TRACES_SAMPLER: "sometimes" }, /OTEL_TRACES_SAMPLER: is "sometimes"; known: always_on/],
  [
    { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "50%" },
    /OTEL_TRACES_SAMPLER_ARG: is "50%"; wanted a share/,
  ],
])("does not start with a sampler that there is not: %o", async (sampler, message) => {
  const started = start({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", ...sampler });
  await expect(started).rejects.toMatchObject({
    code: "invalid-settings",
    message: expect.stringMatching(message),
  });
});

it("tells once that the collector refuses, and ends in bounded time", async () => {
  const warnings: unknown[] = [];
  const logger = { ...quietLogger(), warn: (fields: unknown) => void warnings.push(fields) };
  const { tracing, receiver } = await stageTracing({}, logger);
  receiver.answer(400);
  await tracing.span(internal, async () => undefined);
  await tracing.close();
  expect(warnings).toHaveLength(1);
});
