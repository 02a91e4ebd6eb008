import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { providersInThread } from "../../../src/app/argo-plugin/provider-thread.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** A thread that answers as the script says; `parentPort` is `port` there. */
const thread = (script: string, workerData?: unknown) => () =>
  new Worker(`const { parentPort: port, workerData } = require("node:worker_threads"); ${script}`, {
    eval: true,
    workerData,
  });

/** One that runs already, so that no call's time is spent on its start; it ends with the test. */
async function running(script: string, workerData?: unknown): Promise<Worker> {
  const worker = thread(script, workerData)();
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, "online");
  return worker;
}

const metric = { name: "m", initialDelay: "", successCondition: "", failureCondition: "", config: "" };

describe("providersInThread", () => {
  it("answers each caller by its own number, in whatever order the thread answers", async () => {
    const script = `const calls = []; port.on("message", (call) => {
      calls.push(call);
      if (calls.length === 2) for (const { call, plugin, method, args } of calls.reverse())
        port.postMessage({ call, value: { said: plugin + "." + method + ":" + args[0].name } });
    });`;
    const providers = providersInThread(thread(script), quietLogger());
    const both = await Promise.all([
      providers.metric.metadata(metric),
      providers.metric.metadata({ ...metric, name: "n" }),
    ]);
    expect(both).toEqual([{ said: "metric.metadata:m" }, { said: "metric.metadata:n" }]);
  });

  it("rejects with what the thread says went wrong", async () => {
    const script = `port.on("message", ({ call }) => port.postMessage({ call, error: "a bug" }));`;
    const providers = providersInThread(thread(script), quietLogger());
    await expect(providers.metric.metadata(metric)).rejects.toThrow("a bug");
  });

  it("rejects what a thread left behind that ended, and starts another at the next call", async () => {
    let started = 0;
    const start = () => {
      started += 1;
      const dies = `port.on("message", () => { throw new Error("out of luck"); });`;
      const works = `port.on("message", ({ call }) => port.postMessage({ call, value: {} }));`;
      return thread(started === 1 ? dies : works)();
    };
    const logger = quietLogger();
    const providers = providersInThread(start, logger);
    await expect(providers.metric.metadata(metric)).rejects.toThrow("worker thread ended");
    expect(await providers.metric.metadata(metric)).toEqual({});
    expect(started).toBe(2);
    expect(logger.errors.map(({ message }) => message)).toEqual(["the plugin's worker thread failed"]);
  });

  it("rejects what a stuck thread does not answer, ends it, and starts another", async () => {
    const sticks = `port.once("message", ({ call }) => {
      port.postMessage({ call, value: {} });
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
      for (;;);
    });`;
    const works = `port.on("message", ({ call }) => port.postMessage({ call, value: {} }));`;
    const isStuck = new Int32Array(new SharedArrayBuffer(4));
    const first = await running(sticks, isStuck);
    const starts = [first, await running(works)];
    const logger = quietLogger();
    const providers = providersInThread(() => starts.shift() ?? first, logger, 2_000);
    expect(await providers.metric.metadata(metric)).toEqual({});
    // From here on it does nothing else: all of the next call's time.
    await Atomics.waitAsync(isStuck, 0, 0).value;
    const exited = once(first, "exit");
    await expect(providers.metric.metadata(metric)).rejects.toThrow("did not answer within 2 s");
    await exited;
    expect(await providers.metric.metadata(metric)).toEqual({});
    expect(logger.errors.map(({ message }) => message)).toEqual([expect.stringContaining("is stuck")]);
  });

  it("rejects one call that is never answered and leaves the thread to the others", async () => {
    const script = `port.on("message", ({ call, method }) => method === "metadata" && port.postMessage({ call, value: {} }));`;
    const worker = await running(script);
    let started = 0;
    const start = () => {
      started += 1;
      return worker;
    };
    const providers = providersInThread(start, quietLogger(), 2_000);
    const request = {
      metric,
      run: {
        uid: "u",
        name: "r",
        namespace: "n",
        createdAt: 0,
        startedAt: 0,
        labels: {},
        owner: null,
        args: {},
        measured: 0,
      },
    };
    // It has begun to wait: what it does before is no leisure.
    expect(await providers.metric.metadata(metric)).toEqual({});
    await expect(providers.metric.run(request)).rejects.toThrow("did not answer");
    expect(await providers.metric.metadata(metric)).toEqual({});
    expect(started).toBe(1);
  });
});
