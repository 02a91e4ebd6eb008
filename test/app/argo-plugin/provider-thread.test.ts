import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { providersInThread } from "../../../src/app/argo-plugin/provider-thread.ts";
import { quietLogger } from "../../support/quiet-logger.ts";

/** A thread that answers as the script says; `parentPort` is `port` there. */
const thread = (script: string) => () =>
  new Worker(`const { parentPort: port } = require("node:worker_threads"); ${script}`, { eval: true });

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
      port.on("message", () => { for (;;); });
    });`;
    const works = `port.on("message", ({ call }) => port.postMessage({ call, value: {} }));`;
    const first = thread(sticks)();
    const logger = quietLogger();
    const starts = [() => first, thread(works)];
    const providers = providersInThread(() => starts.shift()?.() ?? first, logger, 1_000);
    expect(await providers.metric.metadata(metric)).toEqual({});
    const exited = once(first, "exit");
    await expect(providers.metric.metadata(metric)).rejects.toThrow("did not answer within 1 s");
    await exited;
    expect(await providers.metric.metadata(metric)).toEqual({});
    expect(logger.errors.map(({ message }) => message)).toEqual([expect.stringContaining("is stuck")]);
  });

  it("rejects one call that is never answered and leaves the thread to the others", async () => {
    const script = `port.on("message", ({ call, method }) => method === "metadata" && port.postMessage({ call, value: {} }));`;
    let started = 0;
    const start = () => {
      started += 1;
      return thread(script)();
    };
    const providers = providersInThread(start, quietLogger(), 300);
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
    await expect(providers.metric.run(request)).rejects.toThrow("did not answer");
    expect(await providers.metric.metadata(metric)).toEqual({});
    expect(started).toBe(1);
  });
});
