import { describe, expect, it } from "vitest";
import type { StepProvider, StepResult } from "../../../../src/adapters/argo-rollouts/step-provider.ts";
import { createStepPlugin } from "../../../../src/adapters/argo-rollouts/wire/step-plugin.ts";
import { quietLogger } from "../../../support/quiet-logger.ts";
import { callPlugin } from "./call-plugin.ts";
import { goldenArgs } from "./golden-args.ts";

const [terminateArgs] = goldenArgs("argo step terminate args");
const [abortArgs, emptyAbortArgs] = goldenArgs("argo step abort args");
const [firstRunArgs] = goldenArgs("argo step args");
/** The same Rollout and context: only the name of their type is another. */
const runArgs = { name: "step.RunArgs", value: Object(terminateArgs).value };

const running: StepResult = {
  phase: "Running",
  message: "m",
  requeueAfterMs: 15_000,
  status: { state: "b" },
};

function pluginOf(answer: () => Promise<StepResult>) {
  const asked: unknown[] = [];
  const ask = (name: string) => (request: unknown) => {
    asked.push([name, request]);
    return answer();
  };
  const provider: StepProvider = { run: ask("run"), terminate: ask("terminate"), abort: ask("abort") };
  const logger = quietLogger();
  return { plugin: createStepPlugin(provider, { logger }), asked, logger };
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

const fault = () => Promise.reject(new Error("it broke"));

it.each([
  ["Run", "run", runArgs],
  ["Terminate", "terminate", terminateArgs],
  ["Abort", "abort", abortArgs],
])("%s asks the provider and gets its result", async (method, name, args) => {
  const { plugin, asked } = pluginOf(async () => running);
  expect(await callPlugin(plugin, method, args)).toEqual({
    Result: {
      Phase: "Running",
      Message: "m",
      RequeueAfter: 15_000_000_000,
      Status: bytes('{"state":"b"}'),
    },
    Error: {},
  });
  expect(asked).toEqual([
    [
      name,
      {
        rollout: expect.objectContaining({ uid: "77aa", stepIndex: 2 }),
        config: '{"service":"checkout"}',
        status: '{"state":"a"}',
      },
    ],
  ]);
});

it("sends the stored status back where the provider leaves it, for the controller forgets it otherwise", async () => {
  const { plugin } = pluginOf(async () => ({ ...running, status: null }));
  expect(await callPlugin(plugin, "Run", runArgs)).toMatchObject({
    Result: { Status: bytes('{"state":"a"}') },
  });
  const first = Object(await callPlugin(plugin, "Run", firstRunArgs));
  expect(first.Result).not.toHaveProperty("Status");
});

it("InitPlugin and Type ask nobody", async () => {
  const { plugin, asked } = pluginOf(fault);
  expect(await callPlugin(plugin, "InitPlugin")).toEqual({});
  expect(await callPlugin(plugin, "Type")).toBe("coalmine");
  expect(asked).toEqual([]);
});

describe("a fault of the provider", () => {
  it("in Run leaves the step Running with its status, asked again in 30 s", async () => {
    const { plugin, logger } = pluginOf(fault);
    expect(await callPlugin(plugin, "Run", runArgs)).toEqual({
      Result: {
        Phase: "Running",
        Message: "a fault of the coalmine plugin: it broke; asked again in 30 s",
        RequeueAfter: 30_000_000_000,
        Status: bytes('{"state":"a"}'),
      },
      Error: {},
    });
    expect(logger.errors).toMatchObject([{ message: "argo-rollouts: step Run: it broke" }]);
  });

  it("that is a wait Go cannot be told of is one too", async () => {
    const { plugin } = pluginOf(async () => ({ ...running, requeueAfterMs: Number.NaN }));
    expect(await callPlugin(plugin, "Run", runArgs)).toMatchObject({
      Result: { Phase: "Running", RequeueAfter: 30_000_000_000 },
    });
  });

  it.each([
    ["Terminate", terminateArgs],
    ["Abort", abortArgs],
  ])("in %s is the controller's error, with no phase beside it", async (method, args) => {
    const { plugin } = pluginOf(fault);
    expect(await callPlugin(plugin, method, args)).toEqual({
      Result: {},
      Error: { ErrorString: "a fault of the coalmine plugin: it broke" },
    });
  });
});

it.each([
  ["Run", terminateArgs, "arguments of type step.RunArgs wanted, step.TerminateArgs met"],
  ["Abort", emptyAbortArgs, "step.AbortArgs.Rollout: a Rollout wanted, none met"],
])("%s refuses arguments that are not its own", async (method, args, message) => {
  const { plugin, asked } = pluginOf(async () => running);
  await expect(callPlugin(plugin, method, args)).rejects.toThrow(message);
  expect(asked).toEqual([]);
});
