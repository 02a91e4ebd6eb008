/** Arguments of Argo's calls as the gob decoder hands them on, right but for a few places. */
import fc from "fast-check";
import type { GobValue } from "../../../src/wire/go-plugin/index.ts";
import { hostileWords } from "./hostile.ts";

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("checkout", "shop", "85d557f47b", "Running") },
  fc.constantFrom(...hostileWords),
);
const times: fc.Arbitrary<GobValue> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ seconds: 1_795_262_400, nanos: 5, zone: "UTC" }) },
  fc.constantFrom<GobValue>(
    { seconds: 2 ** 53, nanos: 0, zone: 3_600 },
    { seconds: -62_135_596_800, nanos: 0, zone: "UTC" },
    new Uint8Array(15),
    new Uint8Array(3),
  ),
);
const wrong: fc.Arbitrary<GobValue> = fc.constantFrom<GobValue>(
  null,
  true,
  -1,
  2 ** 53,
  1n << 63n,
  Number.NaN,
  "x",
  new Uint8Array([0xff]),
  [],
  new Map(),
  {},
  { name: "n", value: 1 },
  { seconds: 1, nanos: 2 },
);

/** The value, or now and then something else altogether. */
const or = (valid: fc.Arbitrary<GobValue>): fc.Arbitrary<GobValue> =>
  fc.oneof({ weight: 30, arbitrary: valid }, wrong);
const struct = (fields: Readonly<Record<string, fc.Arbitrary<GobValue>>>): fc.Arbitrary<GobValue> =>
  or(fc.record({ ...fields }, { requiredKeys: [] }));
const list = (item: fc.Arbitrary<GobValue>): fc.Arbitrary<GobValue> => or(fc.array(item, { maxLength: 3 }));
const map = (item: fc.Arbitrary<GobValue>): fc.Arbitrary<GobValue> =>
  or(fc.array(fc.tuple(or(text), item), { maxLength: 3 }).map((entries) => new Map(entries)));
const json = or(
  fc.constantFrom('{"telemetry":"istio"}', "", "{").map((raw) => new Uint8Array(Buffer.from(raw))),
);
const names = { Name: or(text), Namespace: or(text), UID: or(text) };
const measurement = struct({
  Phase: or(text),
  Message: or(text),
  StartedAt: or(times),
  FinishedAt: or(times),
  ResumeAt: or(times),
  Value: or(text),
  Metadata: map(or(text)),
});

/** The arguments of every method at once. */
export const gobValues: fc.Arbitrary<GobValue> = struct({
  Metric: struct({
    Name: or(text),
    InitialDelay: or(text),
    SuccessCondition: or(text),
    FailureCondition: or(text),
    Provider: struct({ Plugin: map(json) }),
  }),
  AnalysisRun: or(
    fc.record({
      ObjectMeta: struct({
        ...names,
        CreationTimestamp: or(times),
        Labels: map(or(text)),
        OwnerReferences: list(
          struct({ Controller: or(fc.boolean()), Kind: or(text), Name: or(text), UID: or(text) }),
        ),
      }),
      Spec: struct({ Args: list(struct({ Name: or(text), Value: or(text), ValueFrom: struct({}) })) }),
      Status: struct({
        StartedAt: or(times),
        MetricResults: list(struct({ Name: or(text), Count: or(fc.nat()), Measurements: list(measurement) })),
      }),
    }),
  ),
  Measurement: measurement,
  Rollout: or(
    fc.record({
      ObjectMeta: struct(names),
      Spec: struct({
        ProgressDeadlineSeconds: or(fc.nat()),
        Strategy: struct({
          Canary: struct({
            Steps: list(struct({})),
            TrafficRouting: struct({ MaxTrafficWeight: or(fc.nat()) }),
          }),
        }),
      }),
      Status: struct({
        StableRS: or(text),
        CurrentPodHash: or(text),
        CurrentStepIndex: or(fc.nat()),
        Canary: struct({ Weights: struct({ Canary: struct({ Weight: or(fc.nat()) }) }) }),
      }),
    }),
  ),
  Context: struct({ Config: json, Status: json }),
});
