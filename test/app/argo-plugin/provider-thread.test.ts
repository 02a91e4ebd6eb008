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
});
