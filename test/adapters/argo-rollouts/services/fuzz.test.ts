/** Whatever a caller sends to the plugin services, it is answered or refused. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { createMetricProvider } from "../../../../src/adapters/argo-rollouts/metric-measurements.ts";
import { metricMethods, stepMethods } from "../../../../src/adapters/argo-rollouts/services/contract.ts";
import { metricPluginService } from "../../../../src/adapters/argo-rollouts/services/metric-plugin-service.ts";
import { stepPluginService } from "../../../../src/adapters/argo-rollouts/services/step-plugin-service.ts";
import { createStepProvider } from "../../../../src/adapters/argo-rollouts/steps.ts";
import { CoalmineError } from "../../../../src/base/errors.ts";
import { bytesOf, goldenJson } from "../json/golden-json.ts";
import { stage } from "../provider-stage.ts";
import { serverOf } from "./call-service.ts";

const options = stage().process();
const services = [
  metricPluginService<null>(
    () => createMetricProvider(options),
    async () => ({}),
  ),
  stepPluginService<null>(() => createStepProvider(options)),
];
const server = serverOf(services, null);

/** What is wrong with a request is no fault of ours. */
async function isTaken(answer: Promise<unknown>): Promise<void> {
  const code = await answer.then(
    () => null,
    (thrown: unknown) => CoalmineError.from(thrown).code,
  );
  expect([null, "invalid-request", "too-large"]).toContain(code);
}

const runs = { numRuns: Number(process.env["FUZZ_RUNS"] ?? 300), seed: 1 };

/** A real object with one of its members, at any depth, replaced. */
function spoilt(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(document);
  return fc
    .tuple(fc.constantFrom(...paths), fc.jsonValue())
    .map(([path, value]) => replaced(document, path, value));
}

function pathsOf(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const member = replaced(Object(value)[key], rest, by);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? member : item));
  return { ...Object(value), [key]: member };
}

it("bytes that may be no message", async () => {
  const methods = services.flatMap((service) => service.methods);
  const anyMethod = fc.constantFrom(...methods);
  const property = fc.asyncProperty(anyMethod, fc.uint8Array({ maxLength: 200 }), async (method, bytes) => {
    await isTaken(method.answer(Buffer.from(bytes), null));
  });
  await fc.assert(property, runs);
});

it("a measurement whose objects may be none", async () => {
  const name = "argo resume args";
  const [run, metric, measurement] = ["AnalysisRun", "Metric", "Measurement"].map((part) =>
    spoilt(goldenJson(name, part)),
  );
  if (run === undefined || metric === undefined || measurement === undefined)
    throw new TypeError("three parts");
  const method = fc.constantFrom("Resume" as const, "Terminate" as const);
  const property = fc.asyncProperty(method, run, metric, measurement, async (asked, ...documents) => {
    const [analysisRunJson, metricJson, measurementJson] = documents.map(bytesOf);
    if (analysisRunJson === undefined || metricJson === undefined || measurementJson === undefined) return;
    await isTaken(server.ask(metricMethods[asked], { analysisRunJson, metricJson, measurementJson }));
  });
  await fc.assert(property, runs);
});

it("a step whose objects may be none", async () => {
  const rollout = spoilt(goldenJson("argo step abort args", "Rollout"));
  const method = fc.constantFrom("Run" as const, "Terminate" as const, "Abort" as const);
  const status = fc.oneof(
    fc.jsonValue(),
    fc.constant({ startedAt: "2026-01-01T00:00:00Z", analysis: "77aa/6bd9f7/x" }),
  );
  const property = fc.asyncProperty(method, rollout, fc.jsonValue(), status, async (asked, ...documents) => {
    const [rolloutJson, configJson, statusJson] = documents.map(bytesOf);
    if (rolloutJson === undefined || configJson === undefined || statusJson === undefined) return;
    await isTaken(server.ask(stepMethods[asked], { rolloutJson, configJson, statusJson }));
  });
  await fc.assert(property, runs);
});
