/** The plugins of Argo Rollouts as services: what a plugin sends a server, and what a server answers a plugin. */
import fc from "fast-check";
import type { Measurement, MetricProvider } from "../../src/adapters/argo-rollouts/metric-provider.ts";
import type { PluginServer } from "../../src/adapters/argo-rollouts/remote/plugin-server.ts";
import { createRemoteMetricProvider } from "../../src/adapters/argo-rollouts/remote/remote-metric-provider.ts";
import { createRemoteStepProvider } from "../../src/adapters/argo-rollouts/remote/remote-step-provider.ts";
import { metricMethods, stepMethods } from "../../src/adapters/argo-rollouts/services/contract.ts";
import { metricPluginService } from "../../src/adapters/argo-rollouts/services/metric-plugin-service.ts";
import type { PluginService } from "../../src/adapters/argo-rollouts/services/plugin-service.ts";
import { stepPluginService } from "../../src/adapters/argo-rollouts/services/step-plugin-service.ts";
import type { StepProvider, StepResult } from "../../src/adapters/argo-rollouts/step-provider.ts";
import { CoalmineError } from "../../src/base/errors.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { damagedJson } from "./support/damage-json.ts";
import { fuzzParser } from "./support/fuzz-parser.ts";
import { damagedBytes } from "./support/protobuf-bytes.ts";
import { specDocuments } from "./support/specs.ts";

const secret = "s3cr3t-of-an-argument";
const longest = 64 * 1024;
const at = "2026-01-01T00:00:00Z";
const phase = fc.constantFrom("Running", "Successful", "Failed", "Inconclusive", "Error");
const kept = {
  startedAt: fc.constant(at),
  resumeAt: fc.constant(at),
  metadata: fc.constant({ state: "1.abc" }),
};
const measurements = fc.record(
  { phase, message: fc.constant("why"), finishedAt: fc.constant(at), value: fc.constant("80"), ...kept },
  { requiredKeys: ["phase"] },
);
const analysisRuns = fc.record({
  metadata: fc.constant({
    ...{ uid: "1f0c6a52", name: "checkout-85d557f47b", namespace: "shop", creationTimestamp: at },
    labels: { "rollouts-pod-template-hash": "85d557f47b" },
    ownerReferences: [{ kind: "Rollout", name: "checkout", uid: "2", controller: true }],
  }),
  spec: fc.constant({
    args: [
      { name: "service", value: "checkout" },
      { name: "token", value: secret },
    ],
  }),
  status: fc.record({
    startedAt: fc.constant(at),
    metricResults: fc.constant([{ name: "coalmine", count: 1, measurements: [{ phase: "Running" }] }]),
  }),
});
const metrics = fc.record({
  name: fc.constant("coalmine"),
  initialDelay: fc.constantFrom("", "90s"),
  provider: fc.record({ plugin: fc.record({ "coalmine/coalmine": specDocuments }) }),
});
const rollouts = fc.constant({
  metadata: { uid: "2", name: "checkout", namespace: "shop" },
  spec: { progressDeadlineSeconds: 600 },
  status: {
    ...{ stableRS: "6f7c8d9b5f", currentPodHash: "85d557f47b", currentStepIndex: 1 },
    canary: { weights: { canary: { weight: 20 } } },
  },
});

/** Mostly right, for a message has several and a refusal of one hides the others. */
function jsonOf(documents: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const right = documents.map((document) => JSON.stringify(document));
  return fc
    .oneof({ weight: 2, arbitrary: right }, damagedJson(documents, { borrows: false }))
    .map((text) => Buffer.from(text));
}

const given: Measurement = {
  ...{ phase: "Running", message: "", value: "", metadata: {} },
  ...{ startedAt: null, finishedAt: null, resumeAt: null },
};
const metricProvider: MetricProvider = {
  run: async () => given,
  resume: async (_request, before) => before,
  terminate: async (_request, before) => before,
  garbageCollect: async () => undefined,
  metadata: async ({ name }) => ({ name }),
};
const asked: StepResult = { phase: "Running", message: "", requeueAfterMs: 15_000, status: null };
const stepProvider: StepProvider = {
  run: async () => asked,
  terminate: async () => asked,
  abort: async () => ({ ...asked, status: {} }),
};

const metricRequests = fc.record({
  analysisRunJson: jsonOf(analysisRuns),
  metricJson: jsonOf(metrics),
  measurementJson: fc.oneof(jsonOf(measurements), fc.constant(Buffer.alloc(0))),
  limit: fc.constantFrom(0, 10, -1, 2 ** 31 - 1),
});
const stepRequests = fc.record({
  rolloutJson: jsonOf(rollouts),
  configJson: fc.oneof(jsonOf(specDocuments), fc.constant(Buffer.alloc(0))),
  statusJson: fc.oneof(jsonOf(fc.constant({ startedAt: at, analysis: "id" })), fc.constant(Buffer.alloc(0))),
});

fuzzService(
  metricPluginService<null>(() => metricProvider, metricProvider.metadata),
  metricRequests.map((request) => metricMethods.GarbageCollect.encodeRequest(request)),
  metricRequests.map((request) => metricMethods.Resume.encodeRequest(request)),
);
fuzzService(
  stepPluginService<null>(() => stepProvider),
  stepRequests.map((request) => stepMethods.Run.encodeRequest(request)),
);

/** Any method with the message of any: their fields have the same numbers. */
function fuzzService({ name, methods }: PluginService<null>, ...requests: fc.Arbitrary<Buffer>[]): void {
  fuzzParser({
    name: `${name}, every method`,
    inputs: fc.tuple(
      fc.constantFrom(...methods.map(({ path }) => path)),
      damagedBytes(fc.oneof(...requests), { longest, nestsBy: [15] }),
    ),
    reaches: ["read", "invalid-request"],
    secret,
    read: ([path, bytes]) => methods.find((method) => method.path === path)?.answer(bytes, null),
  });
}

/** A server whose every answer is these bytes. */
function serverOf(bytes: Buffer): PluginServer {
  return {
    async ask(method) {
      try {
        return method.decodeResponse(bytes);
      } catch (cause) {
        throw unreadable(cause);
      }
    },
    close: () => undefined,
  };
}

/** As grpc-js' client has it. */
function unreadable(cause: unknown): CoalmineError {
  return new CoalmineError("source-unavailable", "what it answers cannot be read", { cause });
}

const request = {
  run: {
    ...{ uid: "1", name: "run", namespace: "shop", createdAt: null, startedAt: null, owner: null },
    ...{ labels: {}, args: {}, measured: 0 },
  },
  metric: { name: "coalmine", initialDelay: "", successCondition: "", failureCondition: "", config: "" },
};
const clock = fakeClock(Date.UTC(2026, 0, 1));
fuzzParser({
  name: "what a server answers the metric plugin",
  inputs: damagedBytes(
    jsonOf(measurements).map((measurementJson) => metricMethods.Run.encodeResponse({ measurementJson })),
    { longest, nestsBy: [15] },
  ),
  reaches: ["read"],
  async read(bytes) {
    const provider = createRemoteMetricProvider({ server: serverOf(bytes), clock });
    const { resumeAt } = await provider.run(request);
    if (resumeAt !== null && !Number.isFinite(resumeAt)) throw new Error(`to be asked again at ${resumeAt}`);
    await provider.metadata(request.metric);
    await provider.terminate(request, given);
  },
});

const rollout = {
  ...{ uid: "2", name: "checkout", namespace: "shop", stableHash: "a", canaryHash: "b" },
  ...{ stepIndex: 1, weight: null, progressDeadlineSeconds: 600 },
};
const stepResults = fc.record({
  phase: fc.constantFrom<"STEP_PHASE_RUNNING" | "STEP_PHASE_UNSPECIFIED">(
    "STEP_PHASE_RUNNING",
    "STEP_PHASE_UNSPECIFIED",
  ),
  message: fc.constant("why"),
  requeueAfter: fc.record({
    seconds: fc.constantFrom(15, -1, Number.MAX_SAFE_INTEGER),
    nanos: fc.constantFrom(0, -1),
  }),
  statusJson: jsonOf(fc.constant({ startedAt: at, analysis: "id" })),
});
fuzzParser({
  name: "what a server answers the step plugin",
  inputs: damagedBytes(
    stepResults.map((result) => stepMethods.Run.encodeResponse({ result })),
    { longest, nestsBy: [1] },
  ),
  reaches: ["read"],
  async read(bytes) {
    const provider = createRemoteStepProvider(serverOf(bytes));
    for (const act of ["run", "terminate", "abort"] as const) {
      const { requeueAfterMs } = await provider[act]({ rollout, config: "", status: "" });
      if (!(requeueAfterMs >= 0)) throw new Error(`to be asked again after ${requeueAfterMs} ms`);
    }
  },
});
