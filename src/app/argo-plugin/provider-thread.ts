/** The providers in a worker thread, asked by message. */
import type { Worker } from "node:worker_threads";
import type { MetricProvider } from "../../adapters/argo-rollouts/metric-provider.ts";
import type { StepProvider } from "../../adapters/argo-rollouts/step-provider.ts";
import type { Logger } from "../../base/logger.ts";
import type { ProviderAnswer, ProviderCall } from "./provider-messages.ts";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Providers whose work is done in the thread that `start` starts. It is started
 * at once, and again at the next call after it has ended by a fault; the calls
 * that it did not answer are rejected, and lose nothing: all state is the host's.
 */
export function providersInThread(
  start: () => Worker,
  logger: Logger,
): { readonly metric: MetricProvider; readonly step: StepProvider } {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let worker: Worker | null = open();

  function open(): Worker {
    const opened = start();
    // A worker must not keep a plugin alive whose host has gone.
    opened.unref();
    opened.on("message", settle);
    opened.on("error", (error) => logger.error({ err: error }, "the plugin's worker thread failed"));
    opened.once("exit", () => {
      if (worker === opened) worker = null;
      for (const { reject } of waiting.values()) reject(new Error("the plugin's worker thread ended"));
      waiting.clear();
    });
    return opened;
  }

  function settle(answer: ProviderAnswer): void {
    const caller = waiting.get(answer.call);
    waiting.delete(answer.call);
    if ("error" in answer) caller?.reject(new Error(answer.error));
    else caller?.resolve(answer.value as never);
  }

  function ask<Value>(plugin: ProviderCall["plugin"], method: string, ...args: unknown[]): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      worker ??= open();
      worker.postMessage({ call: calls, plugin, method, args } satisfies ProviderCall);
    });
  }

  return {
    metric: {
      run: (request) => ask("metric", "run", request),
      resume: (request, measurement) => ask("metric", "resume", request, measurement),
      terminate: (request, measurement) => ask("metric", "terminate", request, measurement),
      garbageCollect: (request, limit) => ask("metric", "garbageCollect", request, limit),
      metadata: (metric) => ask("metric", "metadata", metric),
    },
    step: {
      run: (request) => ask("step", "run", request),
      terminate: (request) => ask("step", "terminate", request),
      abort: (request) => ask("step", "abort", request),
    },
  };
}
